/** The storage of a user's object, and the transactions that change it. */
import { factsWithin } from "../../turn/prompt-blocks";
import type { Message } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import type { Beyond } from "../memory/ranking";
import { Database } from "../sqlite/database";
import { Schedule } from "../sqlite/schedule";
import { FactRows } from "./fact-rows";
import { type Unwritten, UserSessions } from "./user-sessions";
import { UserTranscript } from "./user-transcript";

/** Milliseconds after which a listed session without messages is checked: far longer than a turn takes. */
const UNWRITTEN_MS = 86_400_000;
/** The most sessions that one check asks; each costs a call. */
const CHECKED = 32;
/** The fewest messages that are dropped at once if the database is too large, and how many for each new message. */
const DROPPED = 1_000;
const DROPPED_EACH = 4;
/** Milliseconds after which the alarm continues a deletion whose object was lost. */
const AGAIN_MS = 30_000;

/** The tasks that the alarm of a user's object runs. */
type Task = "extract" | "close" | "tidy" | "reindex";

/** Messages of a session. Afterwards the copy has exactly these messages of the session in the range `from` to `to`. */
export interface SessionUpdate {
  sessionId: string;
  epoch: string;
  from: number;
  to: number;
  messages: Message[];
  /** The title that a client gave the session; only in its first update. */
  title?: string | undefined;
}

/** The name of the user's object, and the prefix of the names of the session objects. */
export interface ObjectNames {
  object: string;
  prefix: string;
}

/** The state of a deletion of the user, with the counts so far. */
export interface Deletion extends ObjectNames {
  sessions: number;
  messages: number;
  facts: number;
}

export class UserStore {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly transcript: UserTranscript;
  readonly sessions: UserSessions;
  readonly facts: FactRows;
  readonly schedule: Schedule<Task>;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage, "user");
    this.transcript = new UserTranscript(this.#db);
    this.sessions = new UserSessions(this.#db);
    this.facts = new FactRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
  }

  /** Lists a session of the user. Returns its epoch. */
  open(sessionId: string): string {
    return this.#db.transaction(() => {
      this.#planTidy();
      return this.sessions.open(sessionId);
    });
  }

  /**
   * Adds messages of a listed session. Updates are idempotent: messages up to `told` are skipped. A gap is rejected:
   * `from` must be at most `told + 1`.
   * @param maxBytes the size of the database above which the oldest messages are dropped
   * @returns the last `seq` that is stored, and the messages that are new
   */
  update(update: SessionUpdate, maxBytes: number): { seq: number; fresh: Message[] } {
    const { sessionId, from, to, messages, title } = update;
    const before = this.sessions.get(sessionId);
    const told = before?.told ?? 0;
    if (from > told + 1) return { seq: told, fresh: [] };
    const seq = Math.max(told, to);
    const fresh = messages.filter((message) => message.seq > told);
    const bytes = this.#storage.sql.databaseSize;
    this.#db.transaction(() => {
      const kept = new Set(messages.map(({ seq }) => seq));
      const dropped = this.transcript.retract(sessionId, from, Math.min(to, told), kept);
      for (const seq of dropped) this.facts.deleteExtracted(sessionId, seq, seq);
      this.transcript.add(sessionId, fresh);
      this.sessions.put(sessionId, {
        told: seq,
        messages: (before?.messages ?? 0) + fresh.length - dropped.length,
        title: (dropped.length === 0 && before?.title) || this.transcript.title(sessionId),
        firstAt: before?.first_at ?? fresh[0]?.createdAt ?? null,
        lastAt: fresh.at(-1)?.createdAt ?? before?.last_at ?? null,
      });
      if (title !== undefined) this.sessions.rename(sessionId, title);
      // Deleted rows leave free pages, and the file never shrinks: it grows only when no free page is left.
      const { databaseSize } = this.#storage.sql;
      if (databaseSize > maxBytes && databaseSize > bytes) {
        this.transcript.dropOldest(Math.max(DROPPED, DROPPED_EACH * fresh.length));
      }
    });
    return { seq, fresh };
  }

  /**
   * Returns facts, and the messages of all other sessions that match a question of one session.
   * @param asked the time and time zone of the question, and the last exchange of its session
   */
  memory(
    sessionId: string,
    question: string,
    room: { recall: number; facts: number },
    asked: Pick<Beyond, "previous" | "now" | "timeZone">,
  ): UserMemory {
    const limits = { tokens: room.recall, count: Number.POSITIVE_INFINITY };
    return {
      ...this.transcript.recall(question, limits, sessionId, asked),
      facts: factsWithin(this.facts.all(), room.facts),
    };
  }

  /** Deletes a session, with its messages and the facts that the model learned from them. */
  forget(sessionId: string, epoch: string): void {
    if (!this.sessions.has(sessionId, epoch)) return;
    this.#db.transaction(() => {
      this.#deleteSession(sessionId);
      this.#planTidy();
    });
  }

  /** Returns the state of the user's deletion; undefined if no deletion has begun. */
  get deletion(): Deletion | undefined {
    return this.schedule.noted("close");
  }

  /** Begins a deletion of the user. Without effect if one has begun. */
  beginDeletion(names: ObjectNames): void {
    this.#noteDeletion(this.deletion ?? { ...names, sessions: 0, messages: 0, facts: this.facts.count() });
  }

  /** Counts a session that is deleted, and deletes its messages here. */
  countDeleted({ id, messages }: { id: string; messages: number }): void {
    const { deletion } = this;
    // Another call may have counted it meanwhile.
    if (!deletion || !this.sessions.get(id)) return;
    const sessions = deletion.sessions + (messages > 0 ? 1 : 0);
    this.#db.transaction(() => {
      this.#deleteSession(id);
      this.#noteDeletion({
        ...deletion,
        sessions,
        messages: deletion.messages + messages,
      });
    });
  }

  /** Deletes everything of the user. Late updates are refused, because no epoch is listed any more. */
  async clear(): Promise<void> {
    this.#db.transaction(() => {
      this.transcript.clear();
      this.sessions.clear();
      this.facts.clear();
      this.schedule.drop("close");
      this.schedule.drop("extract");
      this.schedule.drop("reindex");
      this.#planTidy();
    });
    await this.#destroy();
  }

  /**
   * Deletes listed sessions that have never stored anything, such as those of failed asks. Deletes the storage if it
   * contains nothing else.
   * @param isWritten returns whether a session has stored something in this epoch, or may be about to
   * @returns when to check again; null if no session is left to check
   */
  async tidy(isWritten: (session: Unwritten) => Promise<boolean>): Promise<number | null> {
    const before = Date.now() - UNWRITTEN_MS;
    const unwritten = this.sessions.unwritten(before, CHECKED);
    const written = await Promise.all(unwritten.map(isWritten));
    if (unwritten.length > 0)
      this.#db.transaction(() => {
        for (const [at, session] of unwritten.entries()) {
          if (!written[at]) this.sessions.deleteUnwritten(session, before);
          // A session that was deleted meanwhile stays deleted.
          else if (this.sessions.has(session.id, session.epoch)) this.sessions.open(session.id);
        }
      });
    if (unwritten.length === CHECKED) return Date.now();
    if (this.sessions.unwritten(Number.MAX_SAFE_INTEGER, 1).length > 0) return Date.now() + UNWRITTEN_MS;
    if (this.transcript.empty && this.facts.count() === 0 && this.sessions.empty && !this.deletion)
      await this.#destroy();
    return null;
  }

  /** Rebuilds a part of an old index: of facts first, then of messages. @returns when to continue; null at its end */
  reindex(): Promise<number | null> {
    return this.transcript.reindex(this.#db, this.schedule, () => this.facts.reindex());
  }

  transaction<T>(run: () => T): T {
    return this.#db.transaction(run);
  }

  #noteDeletion(deletion: Deletion): void {
    this.#db.transaction(() => this.schedule.note("close", Date.now() + AGAIN_MS, deletion));
  }

  /** Plans to tidy in a day. A later plan does not move an earlier one. Call it inside a transaction. */
  #planTidy(): void {
    if (!this.schedule.has("tidy")) this.schedule.note("tidy", Date.now() + UNWRITTEN_MS, {});
  }

  async #destroy(): Promise<void> {
    this.transcript.dropCache();
    await this.#db.destroy();
  }

  #deleteSession(sessionId: string): void {
    this.transcript.delete(sessionId);
    this.facts.deleteExtracted(sessionId);
    this.sessions.delete(sessionId);
  }
}
