/** What is durable of a session, and the transactions that change it: each leaves whole turns behind, in order. */
import { log } from "../../log";
import type { TurnIdentity } from "../../turn/live-turn";
import type { FinishedTurn, Message, NewMessage } from "../../turn/types";
import { answerOf, Messages, type StoredMessage, type TurnPlace } from "../memory/messages";
import { VectorRows } from "../memory/vector-rows";
import { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import { Schedule, type SessionTask } from "../sqlite/schedule";
import { MOST_OF_TURN } from "./entries";
import { adoptFirstVersion, forgetFirstVersion } from "./first-version";
import { type Owner, Ownership } from "./owner";
import type { Staging } from "./staging";
import { Title } from "./title";
import { TurnRows } from "./turn-rows";

/** How large a session may be. */
export interface SessionLimits {
  messages: number;
  /** Of its database, the index with it. */
  bytes: number;
}

/** What a turn writes before there is an answer. */
export interface Opening {
  /** What was said before the session's first turn: messages of no turn. */
  before: NewMessage[];
  /** The turn's own: results of calls, then its question; only results where it goes on with a question before it. */
  said: NewMessage[];
  /** Whose session it is from now on, where it is nobody's yet. */
  owner?: Owner | undefined;
}

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly messages: Messages;
  readonly turns: TurnRows;
  readonly schedule: Schedule<SessionTask>;
  readonly vectors: VectorRows;
  readonly ownership: Ownership;
  readonly title: Title;
  /** Another number each time that the session is emptied. */
  life = 0;
  /** Whether a turn was lost with the object before this one. */
  readonly recovered: boolean;
  /** The turn whose question stands there without its answer, and how many messages it can take back. */
  #unanswered: { id: string; rows: number } | undefined;

  /** Opens the storage: brings it to the newest schema, adopts a first version's history, ends a lost turn. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage, "session");
    this.messages = new Messages(this.#db);
    this.turns = new TurnRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
    this.vectors = new VectorRows(this.#db);
    this.title = new Title(this.#db, this.messages);
    this.ownership = new Ownership(this.#db, this.schedule);
    if (this.#db.newer) {
      this.recovered = false;
      return;
    }
    if (!this.#db.exists) adoptFirstVersion(storage, this.#db, this.messages);
    const [last] = this.messages.page(undefined, 1);
    this.recovered = last?.status === "running";
    if (!this.recovered) return;
    if (last?.turnId !== undefined) this.#unanswered = { id: last.turnId, rows: 0 };
    try {
      this.#change(() => {});
    } catch (error) {
      // The next write tries again; until then the session can be read.
      log("error", "lost_turn_not_ended", { error: String(error) });
    }
  }

  /** Whether there is room for so many messages; the last ones may go beyond the bytes. */
  hasRoom(count: number, limits: SessionLimits): boolean {
    return this.messages.end().last + count <= limits.messages && this.#storage.sql.databaseSize < limits.bytes;
  }

  append(messages: NewMessage[], owner?: Owner): { firstSeq: number; lastSeq: number } {
    return this.#change(() => {
      this.#touch();
      return this.messages.append(messages);
    }, owner);
  }

  /** Makes what was imported the session, which is empty. @param title the one that it was given, if any */
  adopt(staging: Staging, title: string | undefined): void {
    this.#change(() => {
      staging.swap();
      this.title.set(title);
      this.#touch();
    });
    this.messages.forget();
  }

  /** The last `seq` that no running turn can take back. */
  settled(): number {
    return this.messages.end().last - (this.#unanswered?.rows ?? 0);
  }

  /** When somebody last asked or appended, in milliseconds since 1970; appended messages bring times of their own. */
  lastUsed(): number {
    const appended = metaOf<number>(this.#db, "appended_at");
    const [last] = this.messages.page(undefined, 1);
    const said = last && (last.turnId || appended === undefined) ? last.createdAt : 0;
    return Math.max(appended ?? 0, said);
  }

  /** A turn's messages: its question, with what was said before it where the session begins with that. */
  question(identity: TurnIdentity, opening: Opening): void {
    this.#change(() => {
      this.turns.insert(identity, this.#open(identity, opening));
    }, opening.owner);
    this.#unanswered = { id: identity.id, rows: opening.before.length + opening.said.length };
  }

  /** What a turn has said so far. */
  save(turnId: string, snapshot: FinishedTurn): void {
    this.#db.transaction(() => this.turns.save(turnId, snapshot));
  }

  /** The answer to the last message. */
  answer(turnId: string, finished: FinishedTurn): void {
    this.#db.transaction(() => {
      this.#appendAnswer(turnId, finished);
      this.ownership.owe();
    });
    this.#unanswered = undefined;
  }

  /** Question and answer at once. */
  turn(identity: TurnIdentity, opening: Opening, finished: FinishedTurn): void {
    this.#change(() => {
      const now = Date.now();
      const place = this.#open(identity, opening, answerOf(finished, now));
      this.turns.insert(identity, place, finished, now);
    }, opening.owner);
  }

  /** What was said in a turn that is over, oldest first; one that waited in line has left nothing. */
  saidIn(turnId: string): Message[] {
    const turn = this.turns.get(turnId);
    if (!turn) return [];
    const near = this.messages.between(turn.answerSeq - MOST_OF_TURN, turn.answerSeq, MOST_OF_TURN);
    return near.filter((message) => message.turnId === turnId).toArray();
  }

  /** Takes a turn that is over out of the session. */
  withdraw(turnId: string): void {
    const own = this.saidIn(turnId);
    // No change behind the last message: another turn may run, and it is not lost.
    this.#db.transaction(() => {
      this.messages.withdraw(own);
      // The vector of a message is made of the one before it too.
      this.vectors.empty([...new Set(own.flatMap(({ seq }) => [seq, seq + 1]))]);
      this.turns.delete(turnId);
    });
  }

  /** Takes a turn's question back, and what was said before it where the session began with that. */
  rollBack(turnId: string, { before, said }: Opening): void {
    this.#db.transaction(() => {
      this.messages.deleteLast(before.length + said.length);
      this.turns.delete(turnId);
      if (this.messages.end().last === 0) this.ownership.release();
    });
    this.#unanswered = undefined;
  }

  /** Empties the session. What could not be adopted goes too, or a later wake would bring it back. */
  clear(): { deleted: number } {
    const deleted = this.messages.count();
    forgetFirstVersion(this.#storage);
    if (this.#db.exists) {
      this.#db.transaction(() => {
        this.turns.clear();
        this.messages.clear();
        this.vectors.clear();
        this.ownership.release();
        this.title.set(undefined);
      });
    }
    // Last: where the transaction fails, nothing was emptied.
    this.life += 1;
    this.#unanswered = undefined;
    return { deleted };
  }

  /** Gives the storage back. */
  async destroy(): Promise<void> {
    this.life += 1;
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    forgetFirstVersion(this.#storage);
    try {
      await this.#db.destroy();
    } catch (error) {
      this.#unanswered ??= unanswered;
      throw error;
    }
  }

  /** Resolves when all that was written is durable. */
  durable(): Promise<void> {
    return this.#db.durable();
  }

  /**
   * Writes behind the last message, which is then owed to the session's user; a question whose answer was lost gets what was
   * saved of it first.
   */
  #change<T>(run: () => T, owner?: Owner): T {
    const lost = this.#unanswered;
    const result = this.#db.transaction(() => {
      const turn = lost && this.turns.get(lost.id);
      if (turn) this.#appendAnswer(turn.id, { ...turn, status: "interrupted" });
      const changed = run();
      this.ownership.owe(owner);
      return changed;
    });
    this.#unanswered = undefined;
    return result;
  }

  /** Remembers that messages came which may be older than now. */
  #touch(): void {
    setMeta(this.#db, "appended_at", Date.now());
  }

  #open({ id }: TurnIdentity, { before, said }: Opening, ...answer: StoredMessage[]): TurnPlace {
    if (before.length > 0) this.messages.append(before);
    return this.messages.appendTurn(id, said, ...answer);
  }

  #appendAnswer(turnId: string, finished: FinishedTurn): void {
    const now = Date.now();
    this.messages.append([answerOf(finished, now)], turnId);
    this.turns.finish(turnId, finished, now);
  }
}
