/** The stored data of a session, and the transactions that change it. Each leaves complete turns in order. */
import { log } from "../../log";
import type { FinishedTurn, Message, NewMessage } from "../../turn/types";
import { answerOf, Messages, type TurnPlace } from "../memory/messages";
import { reindex } from "../memory/reindex";
import { VectorRows } from "../memory/vector-rows";
import { Database } from "../sqlite/database";
import { Schedule, type SessionTask } from "../sqlite/schedule";
import { noTables } from "../sqlite/tables";
import { lastUsedAt, setAppendedAt } from "./appended-at";
import { MOST_OF_TURN } from "./entries";
import { adoptFirstVersion, forgetFirstVersion } from "./first-version";
import { type Owner, Ownership } from "./owner";
import { SessionImport } from "./session-import";
import { Title } from "./title";
import { type NewTurn, type Opening, TurnRows } from "./turn-rows";

/** The largest size of a session. */
export interface SessionLimits {
  messages: number;
  /** Bytes of its database, indexes included. */
  bytes: number;
}

/** Readers get these during an import. */
const NO_MESSAGES = new Messages(noTables);
const NO_TURNS = new TurnRows(noTables);

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly #messages: Messages;
  readonly #turns: TurnRows;
  readonly schedule: Schedule<SessionTask>;
  readonly vectors: VectorRows;
  readonly ownership: Ownership;
  readonly title: Title;
  readonly import: SessionImport;
  /** Incremented each time the session is emptied. */
  generation = 0;
  /** Whether a turn was lost with the previous object. */
  recovered = false;
  /** The stored turn without an answer, and how many of its messages can be rolled back. */
  #unanswered: { id: string; rows: number } | undefined;

  /** Opens the storage: migrates it, adopts the history of version 1, ends a lost turn. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage, "session");
    this.#messages = new Messages(this.#db);
    this.#turns = new TurnRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
    this.vectors = new VectorRows(this.#db);
    this.title = new Title(this.#db, this);
    this.import = new SessionImport(this.#db, this.schedule, this.#messages, this.#turns, this.title);
    this.ownership = new Ownership(this.#db, this.schedule);
    if (this.#db.newer) return;
    this.import.dropLost();
    if (!this.#db.exists) adoptFirstVersion(storage, this.#db, this.messages);
    const [last] = this.messages.page(undefined, 1);
    if (last?.status !== "running") return;
    this.recovered = true;
    if (last.turnId !== undefined) this.#unanswered = { id: last.turnId, rows: 0 };
    try {
      this.#change(() => {});
    } catch (error) {
      // The next write tries again. Reads work meanwhile.
      log("error", "lost_turn_not_ended", { error: String(error) });
    }
  }

  /** Empty during an import. */
  get messages(): Messages {
    return this.import.id === undefined ? this.#messages : NO_MESSAGES;
  }

  /** Empty during an import. */
  get turns(): TurnRows {
    return this.import.id === undefined ? this.#turns : NO_TURNS;
  }

  /** Whether the session has room for so many messages. The last ones may exceed the bytes. */
  hasRoom(count: number, limits: SessionLimits): boolean {
    return this.messages.end().last + count <= limits.messages && this.#storage.sql.databaseSize < limits.bytes;
  }

  append(messages: NewMessage[], owner?: Owner): { firstSeq: number; lastSeq: number } {
    return this.#change(() => {
      setAppendedAt(this.#db);
      return this.#messages.append(messages);
    }, owner);
  }

  /** Returns the last `seq` that no running turn can roll back. */
  stableSeq(): number {
    return this.messages.end().last - (this.#unanswered?.rows ?? 0);
  }

  /** Returns the time of the last ask or append, in milliseconds since 1970. Appended messages may have older times. */
  lastUsed(): number {
    return lastUsedAt(this.#db, this.messages);
  }

  /** Ends the turn whose end could not be written, with its partial answer. @param isLive whether a turn still runs */
  endLost(isLive: (turnId: string) => boolean): void {
    if (this.#unanswered && !isLive(this.#unanswered.id)) this.#change(() => {});
  }

  /** Stores the messages of a turn before its answer. */
  question(turn: NewTurn, opening: Opening): void {
    this.#change(() => {
      this.#turns.insert(turn, this.#open(turn, opening));
    }, opening.owner);
    this.#unanswered = { id: turn.id, rows: opening.before.length + opening.messages.length };
  }

  /** Stores the partial answer of a turn. */
  save(turnId: string, snapshot: FinishedTurn): void {
    this.#db.transaction(() => this.#turns.save(turnId, snapshot));
  }

  /** Stores the answer of the last turn. */
  answer(turnId: string, finished: FinishedTurn): void {
    this.#db.transaction(() => {
      this.#appendAnswer(turnId, finished);
      this.ownership.markPending();
    });
    this.#unanswered = undefined;
  }

  /** Stores a turn in one transaction. */
  turn(turn: NewTurn, opening: Opening, finished: FinishedTurn): void {
    this.#change(() => {
      const now = Date.now();
      this.#turns.insert(turn, this.#open(turn, opening, answerOf(finished, now)), finished, now);
    }, opening.owner);
  }

  /** Returns the messages of a turn that has ended, oldest first. */
  messagesOf(turnId: string): Message[] {
    const turn = this.#turns.get(turnId);
    if (!turn) return [];
    const near = this.#messages.between(turn.answerSeq - MOST_OF_TURN, turn.answerSeq, MOST_OF_TURN);
    return near.filter((message) => message.turnId === turnId).toArray();
  }

  /** Deletes a turn that has ended. */
  withdraw(turnId: string): void {
    const own = this.messagesOf(turnId);
    // Without a message, a write would only bring the storage of a deleted session back.
    if (own.length === 0) return;
    // Not `#change`: it would end another turn that runs.
    this.#db.transaction(() => {
      this.#messages.withdraw(own);
      // The vector of a message also contains the message before it.
      this.vectors.empty([...new Set(own.flatMap(({ seq }) => [seq, seq + 1]))]);
      this.#turns.delete(turnId);
    });
  }

  /** Deletes the messages of a turn that has no answer. */
  rollBack(turnId: string, { before, messages }: Opening): void {
    this.#db.transaction(() => {
      this.#messages.deleteLast(before.length + messages.length);
      this.#turns.delete(turnId);
      if (this.#messages.end().last === 0) this.ownership.release();
    });
    this.#unanswered = undefined;
  }

  /** Empties the session. Deletes the history of version 1 too, because a later wake would adopt it. */
  clear(): { deleted: number } {
    this.import.drop();
    const deleted = this.#messages.count();
    forgetFirstVersion(this.#storage);
    if (this.#db.exists) {
      this.#db.transaction(() => {
        this.#turns.clear();
        this.#messages.clear();
        this.vectors.clear();
        this.schedule.drop("reindex");
        this.ownership.release();
        this.title.set(undefined);
      });
    }
    // Last: a failed transaction empties nothing.
    this.generation += 1;
    this.#unanswered = undefined;
    return { deleted };
  }

  /** Deletes everything, and gives the storage back. */
  async destroy(): Promise<{ deleted: number }> {
    const deleted = this.messages.count();
    this.generation += 1;
    // An import or a turn may begin before the storage is gone: this must not undo it.
    const [unanswered, imported] = [this.#unanswered, this.import.id];
    this.#unanswered = undefined;
    this.import.id = undefined;
    forgetFirstVersion(this.#storage);
    try {
      await this.#db.destroy();
      return { deleted };
    } catch (error) {
      this.#unanswered ??= unanswered;
      this.import.id ??= imported;
      throw error;
    }
  }

  /** Rebuilds a part of an old index. @returns when to continue; null at its end */
  reindex(): Promise<number | null> {
    return reindex(this.#db, this.schedule, this.#messages);
  }

  /** Resolves when all writes are durable. */
  durable(): Promise<void> {
    return this.#db.durable();
  }

  /**
   * Runs a transaction that appends messages, and schedules the sync with the session's user. First ends a lost turn with
   * its partial answer.
   */
  #change<T>(run: () => T, owner?: Owner): T {
    const result = this.#db.transaction(() => {
      this.import.clear();
      const turn = this.#unanswered && this.#turns.get(this.#unanswered.id);
      if (turn) this.#appendAnswer(turn.id, { ...turn, status: "interrupted" });
      const changed = run();
      this.ownership.markPending(owner);
      return changed;
    });
    this.import.id = undefined;
    this.#unanswered = undefined;
    return result;
  }

  #open({ id }: NewTurn, { before, messages }: Opening, ...answer: NewMessage[]): TurnPlace {
    if (before.length > 0) this.#messages.append(before);
    return this.#messages.appendTurn(id, messages, ...answer);
  }

  #appendAnswer(turnId: string, finished: FinishedTurn): void {
    const now = Date.now();
    this.#messages.append([answerOf(finished, now)], turnId);
    this.#turns.finish(turnId, finished, now);
  }
}
