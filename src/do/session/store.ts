/** The stored data of a session, and the transactions that change it. Each leaves complete turns in order. */
import { log } from "../../log";
import type { FinishedTurn, Idempotency, Message, NewMessage } from "../../turn/types";
import { answerOf, Messages, type TurnPlace } from "../memory/messages";
import { reindex } from "../memory/reindex";
import { VectorRows } from "../memory/vector-rows";
import { Database } from "../sqlite/database";
import { setMeta } from "../sqlite/meta";
import { Schedule, type SessionTask } from "../sqlite/schedule";
import { noTables } from "../sqlite/tables";
import { APPEND_KEYS, type Appended, appendOf } from "./append-keys";
import { lastUsedAt, recordAppend } from "./appended-at";
import { adoptFirstVersion, forgetFirstVersion } from "./first-version";
import { Listing } from "./listing";
import type { Opening } from "./opening";
import { type Owner, Ownership } from "./owner";
import { REPLACED, Removals } from "./removals";
import { SessionImport } from "./session-import";
import { Room, type SessionLimits } from "./session-limits";
import { SETTINGS, SessionSettings } from "./session-settings";
import { TITLE, Title } from "./title";
import { appendAnswer, type NewTurn, TurnRows } from "./turn-rows";

/** Readers get these during an import. */
const NO_MESSAGES = new Messages(noTables);
const NO_TURNS = new TurnRows(noTables);

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly #messages: Messages;
  readonly #turns: TurnRows;
  readonly #room: Room;
  readonly schedule: Schedule<SessionTask>;
  readonly vectors: VectorRows;
  readonly ownership: Ownership;
  readonly listing: Listing;
  readonly title: Title;
  readonly settings: SessionSettings;
  readonly import: SessionImport;
  readonly removals: Removals;
  /** Incremented each time the session is emptied. */
  generation = 0;
  /** Whether a turn was lost with the previous object. */
  recovered = false;
  /** The stored turn without an answer, and the last `seq` that it cannot roll back. */
  #unanswered: { id: string; stable: number } | undefined;

  /** Opens the storage: migrates it, adopts version 1, ends a lost turn. @param isListed whether the directory lists it */
  constructor(storage: DurableObjectStorage, isListed = false) {
    this.#storage = storage;
    this.#db = new Database(storage, "session");
    this.#messages = new Messages(this.#db);
    this.#turns = new TurnRows(this.#db);
    this.#room = new Room(storage.sql);
    this.schedule = new Schedule(storage, this.#db);
    this.vectors = new VectorRows(this.#db);
    this.title = new Title(this.#db, this);
    this.settings = new SessionSettings(this.#db);
    this.import = new SessionImport(this.#db, this.schedule, this.#messages, this.#turns, this);
    this.ownership = new Ownership(this.schedule);
    this.listing = new Listing(this.schedule, isListed);
    this.removals = new Removals(this.#db, this.#messages, this.#turns, this.vectors, this.listing);
    if (this.#db.newer) return;
    this.import.dropLost();
    if (!this.#db.exists) adoptFirstVersion(storage, this.#db, this.messages);
    const [last] = this.messages.page(undefined, 1);
    if (last?.status !== "running") return;
    this.recovered = true;
    if (last.turnId !== undefined) this.#unanswered = { id: last.turnId, stable: last.seq };
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

  /** Whether nothing is stored. */
  get empty(): boolean {
    return this.#messages.end().last === 0 && this.title.given === undefined && this.settings.empty && !this.import.id;
  }

  /** See {@link Room.fits}. @param last the `seq` of the last message; during an import, of its last one */
  hasRoom(count: number, limits: SessionLimits, last = this.messages.end().last): boolean {
    return this.#room.fits(last, count, limits);
  }

  append(messages: NewMessage[], owner?: Owner, idempotency?: Idempotency): Appended {
    return this.#change(() => recordAppend(this.#db, this.#messages.append(messages), idempotency), owner);
  }

  appendOf = (key: string) => appendOf(this.#db, key);

  /** Returns the last `seq` that no running turn can roll back. */
  stableSeq(): number {
    return this.#unanswered?.stable ?? this.messages.end().last;
  }

  lastUsed = () => lastUsedAt(this.#db, this.messages);

  /** Ends the turn whose end could not be written, with its partial answer. @param isLive whether a turn still runs */
  endLost(isLive: (turnId: string) => boolean): void {
    if (this.#unanswered && !isLive(this.#unanswered.id)) this.#change(() => {});
  }

  /** Stores the messages of a turn before its answer. */
  question(turn: NewTurn, { replaced = [], ...opening }: Opening): void {
    const open = () => {
      this.removals.hide(turn.id, replaced);
      const { last } = this.#messages.end();
      this.#turns.insert(turn, this.#open(turn, opening));
      return (replaced[0]?.seq ?? last + 1) - 1;
    };
    this.#unanswered = { id: turn.id, stable: this.#change(open, opening.owner) };
  }

  /** Stores the partial answer of a turn. */
  save(turnId: string, snapshot: FinishedTurn): void {
    this.#db.transaction(() => this.#turns.save(turnId, snapshot));
  }

  /** Stores the answer of the last turn. */
  answer(turnId: string, finished: FinishedTurn): void {
    this.#db.transaction(() => {
      appendAnswer(this.#messages, this.#turns, turnId, finished);
      this.ownership.markPending(undefined, this.removals.settle(turnId, true));
      this.listing.mark();
    });
    this.#unanswered = undefined;
  }

  /** Stores a turn in one transaction. */
  turn(turn: NewTurn, opening: Opening, finished: FinishedTurn): void {
    const { owner, replaced = [] } = opening;
    const store = () => {
      const now = Date.now();
      this.removals.remove(replaced);
      this.#turns.insert(turn, this.#open(turn, opening, answerOf(finished, now)), finished, now);
    };
    this.#change(store, owner, replaced[0]?.seq);
  }

  /** Deletes messages with their turns. The sync that it schedules deletes them in the user's object. */
  remove(messages: Message[]): void {
    const [first] = messages;
    // Not `#change`: it would end another turn that runs.
    this.#db.transaction(() => {
      this.removals.remove(messages);
      this.ownership.markPending(undefined, first?.seq);
    });
    if (first && first.turnId === this.#unanswered?.id) this.#unanswered = undefined;
  }

  /** Deletes the messages of a turn that has no answer. */
  rollBack(turnId: string, { before, messages }: Opening): void {
    this.#db.transaction(() => {
      this.#messages.deleteLast(before.length + messages.length);
      this.#turns.delete(turnId);
      this.removals.settle(turnId, false);
      this.listing.mark(this.#messages.end().last === 0);
      if (this.#messages.end().last === 0) this.ownership.release();
    });
    this.#unanswered = undefined;
  }

  /**
   * Empties the session. Deletes the history of version 1 too, because a later wake would adopt it.
   * @param isUnlisted whether the tenant's directory has removed the session
   */
  clear(isUnlisted: boolean): { deleted: number } {
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
        this.listing.end(isUnlisted);
        for (const key of [REPLACED, TITLE, SETTINGS, APPEND_KEYS]) setMeta(this.#db, key, undefined);
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
    // Resets the state before the storage: an import or a turn that begins meanwhile sets its own.
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
  reindex = () => reindex(this.#db, this.schedule, this.#messages);

  /** Resolves when all writes are durable. */
  durable = () => this.#db.durable();

  /**
   * Runs a transaction that appends messages, and schedules the sync with the session's user. First ends a lost turn with
   * its partial answer.
   * @param removedFrom the `seq` of the first message that the transaction removes
   */
  #change<T>(run: () => T, owner?: Owner, removedFrom?: number): T {
    const result = this.#db.transaction(() => {
      this.import.clear();
      const turn = this.#unanswered && this.#turns.get(this.#unanswered.id);
      const lost = turn && this.removals.endLost(turn);
      const changed = run();
      this.listing.mark(this.ownership.markPending(owner, Math.min(removedFrom ?? Infinity, lost ?? Infinity)));
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
}
