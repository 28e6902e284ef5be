/** What is durable of a session, and the transactions that change it: each leaves whole turns behind, in order. */
import { log } from "../../log";
import type { TurnIdentity } from "../../turn/live-turn";
import type { Entry, ExportedTurn, FinishedTurn, NewMessage, StoredTurn } from "../../turn/types";
import { Database } from "./database";
import { firstVersionOf, forgetFirstVersion } from "./first-version";
import { Messages, type StoredMessage } from "./messages";
import { Schedule } from "./schedule";
import type { Staging } from "./staging";
import { TurnRows } from "./turn-rows";
import { VectorRows } from "./vector-rows";

const answerOf = (finished: FinishedTurn, createdAt: number): StoredMessage => ({
  role: "assistant",
  content: finished.answer,
  createdAt,
  ended: finished,
});

/** How large a session may be. */
export interface SessionLimits {
  messages: number;
  /** Of its database, the index with it. */
  bytes: number;
}

function exportedOf({ id, question, createdAt, finishedAt, status, ...finished }: StoredTurn): ExportedTurn | null {
  if (status === "running" || finishedAt === null) return null;
  return { ...finished, status, id, question, createdAt, finishedAt };
}

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly messages: Messages;
  readonly turns: TurnRows;
  readonly schedule: Schedule;
  readonly vectors: VectorRows;
  /** Another number each time that the session is emptied. */
  life = 0;
  /** Whether a turn was lost with the object before this one. */
  readonly recovered: boolean;
  /** The turn whose question stands there without its answer. */
  #unanswered: string | undefined;

  /** Opens the storage: brings it to the newest schema, adopts a first version's history, ends a lost turn. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage);
    this.messages = new Messages(this.#db);
    this.turns = new TurnRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
    this.vectors = new VectorRows(this.#db);
    if (!this.#db.exists) this.#adopt();
    const [last] = this.messages.page(undefined, 1);
    this.recovered = last?.status === "running";
    if (!this.recovered) return;
    this.#unanswered = last?.turnId;
    try {
      this.#change(() => {});
    } catch (error) {
      // The next write tries again; until then the session can be read.
      log("error", "lost_turn_not_ended", { error: String(error) });
    }
  }

  /**
   * Makes a first version's history the first messages of the session. One that cannot be adopted stays where it is and
   * is told to the operator: the session begins without it, and works.
   */
  #adopt(): void {
    try {
      const history = firstVersionOf(this.#storage);
      if (!history) return;
      this.#db.transaction(() => {
        this.messages.append(history);
        forgetFirstVersion(this.#storage);
      });
    } catch (error) {
      log("error", "history_not_adopted", { error: String(error) });
    }
  }

  /** Whether there is room for so many messages; the last ones may go beyond the bytes. */
  hasRoom(count: number, limits: SessionLimits): boolean {
    return this.messages.end().last + count <= limits.messages && this.#storage.sql.databaseSize < limits.bytes;
  }

  append(messages: NewMessage[]): { firstSeq: number; lastSeq: number } {
    return this.#change(() => {
      this.#touch();
      return this.messages.append(messages);
    });
  }

  /**
   * Pieces of the session behind one `seq` up to another, for an export; each says up to where it goes. A turn comes whole
   * with its question; its answer, and a turn that runs, are pieces of nothing.
   */
  *entries(after: number, last: number, limit: number): Generator<{ seq: number; entry: Entry | null }> {
    for (const { seq, turnId, role, name, content, createdAt } of this.messages.between(after, last, limit)) {
      if (turnId === undefined) yield { seq, entry: { message: { role, name, content, createdAt } } };
      else {
        const turn = role === "user" ? this.turns.get(turnId) : undefined;
        const exported = turn && exportedOf(turn);
        yield { seq, entry: exported ? { turn: exported } : null };
      }
    }
  }

  /** Makes what was imported the session, which is empty. */
  adopt(staging: Staging): void {
    this.#change(() => {
      staging.swap();
      this.#touch();
    });
    this.messages.forget();
  }

  /** The last `seq` that no running turn can take back. */
  settled(): number {
    return this.messages.end().last - (this.#unanswered === undefined ? 0 : 1);
  }

  /** When somebody last asked or appended, in milliseconds since 1970; appended messages bring times of their own. */
  lastUsed(): number {
    const [meta] = this.#db.rows<{ value: number }>("SELECT value FROM meta WHERE key = 'appended_at'");
    const [last] = this.messages.page(undefined, 1);
    const said = last && (last.turnId || !meta) ? last.createdAt : 0;
    return Math.max(meta?.value ?? 0, said);
  }

  /** A turn's messages: its question, with what was said before it where the session begins with that. */
  question(identity: TurnIdentity, before: NewMessage[], tokens: number): void {
    this.#change(() => {
      this.turns.insert(identity, this.#appendQuestion(identity, before, tokens));
    });
    this.#unanswered = identity.id;
  }

  /** What a turn has said so far. */
  save(turnId: string, snapshot: FinishedTurn): void {
    this.#db.transaction(() => this.turns.save(turnId, snapshot));
  }

  /** The answer to the last message. */
  answer(turnId: string, finished: FinishedTurn): void {
    this.#db.transaction(() => this.#appendAnswer(turnId, finished));
    this.#unanswered = undefined;
  }

  /** Question and answer at once. */
  turn(identity: TurnIdentity, before: NewMessage[], tokens: number, finished: FinishedTurn): void {
    this.#change(() => {
      const now = Date.now();
      const seq = this.#appendQuestion(identity, before, tokens, answerOf(finished, now));
      this.turns.insert(identity, seq, finished, now);
    });
  }

  /** Takes a turn that is over out of the session; one that waited in line has left nothing. */
  withdraw(turnId: string): void {
    const turn = this.turns.get(turnId);
    if (!turn) return;
    // No change behind the last message: another turn may run, and it is not lost.
    this.#db.transaction(() => {
      this.messages.withdraw([...this.messages.between(turn.questionSeq - 1, turn.questionSeq + 1, 2)]);
      // The vector of a message is made of the one before it too.
      this.vectors.dropFrom(turn.questionSeq);
      this.turns.delete(turnId);
    });
  }

  /** Takes a turn's question back, and what was said before it where the session began with that. */
  rollBack(turnId: string, before: NewMessage[]): void {
    this.#db.transaction(() => {
      this.messages.deleteLast(1 + before.length);
      this.turns.delete(turnId);
    });
    this.#unanswered = undefined;
  }

  /** Empties the session. What could not be adopted goes too, or a later wake would bring it back. */
  clear(): { deleted: number } {
    this.life += 1;
    const deleted = this.messages.count();
    forgetFirstVersion(this.#storage);
    if (this.#db.exists) {
      this.#db.transaction(() => {
        this.turns.clear();
        this.messages.clear();
        this.vectors.clear();
      });
    }
    this.#unanswered = undefined;
    return { deleted };
  }

  /** Gives the storage back. */
  async destroy(): Promise<void> {
    this.life += 1;
    this.#unanswered = undefined;
    this.messages.forget();
    this.vectors.forget();
    forgetFirstVersion(this.#storage);
    await this.#db.destroy();
  }

  /** Resolves when all that was written is durable. */
  durable(): Promise<void> {
    return this.#db.durable();
  }

  /** Writes behind the last message; a question whose answer was lost gets what was saved of it first. */
  #change<T>(run: () => T): T {
    const lost = this.#unanswered;
    const result = this.#db.transaction(() => {
      const turn = lost === undefined ? undefined : this.turns.get(lost);
      if (turn) this.#appendAnswer(turn.id, { ...turn, status: "interrupted" });
      return run();
    });
    this.#unanswered = undefined;
    return result;
  }

  /** Remembers that messages came which may be older than now. */
  #touch(): void {
    this.#db.write("INSERT OR REPLACE INTO meta (key, value) VALUES ('appended_at', ?)", Date.now());
  }

  /** @returns where the question stands */
  #appendQuestion(
    { id, question, createdAt }: TurnIdentity,
    before: NewMessage[],
    tokens: number,
    ...answer: StoredMessage[]
  ): number {
    if (before.length > 0) this.messages.append(before);
    const asked: NewMessage = { role: "user", content: question, createdAt, tokens };
    return this.messages.append([asked, ...answer], id).firstSeq;
  }

  #appendAnswer(turnId: string, finished: FinishedTurn): void {
    const now = Date.now();
    this.messages.append([answerOf(finished, now)], turnId);
    this.turns.finish(turnId, finished, now);
  }
}
