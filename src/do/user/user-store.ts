/** What is durable of a user, and the transactions that change it. */
import { factsWithin } from "../../turn/prompt-blocks";
import type { Message } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import { Database } from "../sqlite/database";
import { Schedule } from "../sqlite/schedule";
import { FactRows } from "./fact-rows";
import { Directory, type Unwritten } from "./user-sessions";
import { Copy } from "./user-transcript";

/** Milliseconds after which a listed session that has sent nothing is looked at: far longer than a turn takes. */
const UNWRITTEN_MS = 86_400_000;
/** Sessions that one look checks: each costs a call. */
const CHECKED = 32;
/** Messages that are dropped at once from a copy that is too large, at least, and for each message that came. */
const DROPPED = 1_000;
const DROPPED_EACH = 4;
/** Milliseconds after which a deletion that was lost in the middle goes on. */
const AGAIN_MS = 30_000;

/** What a user's object does later by itself. */
type Task = "extract" | "close" | "tidy";

/** What a session tells: afterwards exactly these of its messages from one `seq` to another are known here. */
export interface Told {
  sessionId: string;
  epoch: string;
  from: number;
  to: number;
  messages: Message[];
  /** The one that the session was given, with the first that is told of it. */
  title?: string | undefined;
}

/** What the user's object is called, and what stands before the names of those of their sessions. */
export interface Names {
  object: string;
  prefix: string;
}

/** A user who is being deleted: how much was deleted of them so far. */
export interface Closing extends Names {
  sessions: number;
  messages: number;
  facts: number;
}

export class UserStore {
  readonly #storage: DurableObjectStorage;
  readonly #db: Database;
  readonly copy: Copy;
  readonly directory: Directory;
  readonly facts: FactRows;
  readonly schedule: Schedule<Task>;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage, "user");
    this.copy = new Copy(this.#db);
    this.directory = new Directory(this.#db);
    this.facts = new FactRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
  }

  /** Lists a session of the user. @returns its epoch */
  open(sessionId: string): string {
    return this.#db.transaction(() => {
      this.#planTidy();
      return this.directory.open(sessionId);
    });
  }

  /**
   * Adds messages of a listed session. Updates are idempotent: messages up to `told` are skipped. A gap is rejected:
   * `from` must be at most `told + 1`.
   * @param maxBytes of the database: where it grows beyond them, the oldest messages of the copy are dropped
   * @returns up to which `seq` the session is known, and which of the messages are new
   */
  tell(update: Told, maxBytes: number): { seq: number; fresh: Message[] } {
    const { sessionId, from, to, messages, title } = update;
    const before = this.directory.get(sessionId);
    const told = before?.told ?? 0;
    if (from > told + 1) return { seq: told, fresh: [] };
    const seq = Math.max(told, to);
    const fresh = messages.filter((message) => message.seq > told);
    const bytes = this.#storage.sql.databaseSize;
    this.#db.transaction(() => {
      const kept = new Set(messages.map(({ seq }) => seq));
      const dropped = this.copy.retract(sessionId, from, Math.min(to, told), kept);
      for (const gone of dropped) this.facts.unlearn(sessionId, gone, gone);
      this.copy.add(sessionId, fresh);
      this.directory.put(sessionId, {
        told: seq,
        messages: (before?.messages ?? 0) + fresh.length - dropped.length,
        title: (dropped.length === 0 && before?.title) || this.copy.title(sessionId),
        firstAt: before?.first_at ?? fresh[0]?.createdAt ?? null,
        lastAt: fresh.at(-1)?.createdAt ?? before?.last_at ?? null,
      });
      if (title !== undefined) this.directory.rename(sessionId, title);
      // Deleted rows leave free pages, and the file never shrinks: it grows only when no free page is left.
      const { databaseSize } = this.#storage.sql;
      if (databaseSize > maxBytes && databaseSize > bytes) {
        this.copy.dropOldest(Math.max(DROPPED, DROPPED_EACH * fresh.length));
      }
    });
    return { seq, fresh };
  }

  /** What is known for a question that comes in a session; of that one itself, only how it compares. */
  memory(sessionId: string, question: string, room: { recall: number; facts: number }): UserMemory {
    const limits = { tokens: room.recall, count: Number.POSITIVE_INFINITY };
    return { ...this.copy.recall(question, limits, sessionId), facts: factsWithin(this.facts.all(), room.facts) };
  }

  /** Deletes a session, with its messages and the facts that the model learned from them. */
  forget(sessionId: string, epoch: string): void {
    if (!this.directory.has(sessionId, epoch)) return;
    this.#db.transaction(() => {
      this.#empty(sessionId);
      this.#planTidy();
    });
  }

  /** How the user's deletion goes, where it has begun. */
  get closing(): Closing | undefined {
    return this.schedule.noted("close");
  }

  /** Begins to delete the user, or goes on. */
  close(names: Names): void {
    this.#noteClosing(this.closing ?? { ...names, sessions: 0, messages: 0, facts: this.facts.count() });
  }

  /** Counts a session that is deleted, and forgets it. */
  closed({ id, messages }: { id: string; messages: number }): void {
    const { closing } = this;
    if (!closing) return;
    const sessions = closing.sessions + (messages > 0 ? 1 : 0);
    this.#db.transaction(() => {
      this.#empty(id);
      this.#noteClosing({
        ...closing,
        sessions,
        messages: closing.messages + messages,
      });
    });
  }

  /** Deletes everything that is left of the user. Epochs are not listed any more, so updates that come late are refused. */
  async clear(): Promise<void> {
    this.#db.transaction(() => {
      this.copy.clear();
      this.directory.clear();
      this.facts.clear();
      this.schedule.drop("close");
      this.schedule.drop("extract");
      this.#planTidy();
    });
    await this.#destroy();
  }

  /**
   * Deletes listed sessions that have never stored anything, such as those of failed asks, and the storage of a user
   * of whom nothing is left.
   * @param isWritten whether a session has stored something in this epoch, or may be about to
   * @returns when to look again; null where nothing is left to look at
   */
  async tidy(isWritten: (session: Unwritten) => Promise<boolean>): Promise<number | null> {
    const before = Date.now() - UNWRITTEN_MS;
    const unwritten = this.directory.unwritten(before, CHECKED);
    const written = await Promise.all(unwritten.map(isWritten));
    this.#db.transaction(() => {
      for (const [at, session] of unwritten.entries()) {
        if (written[at]) this.directory.open(session.id);
        else this.directory.deleteUnwritten(session, before);
      }
    });
    if (unwritten.length === CHECKED) return Date.now();
    if (this.directory.unwritten(Number.MAX_SAFE_INTEGER, 1).length > 0) return Date.now() + UNWRITTEN_MS;
    if (this.copy.empty && this.facts.count() === 0 && this.directory.empty && !this.closing) await this.#destroy();
    return null;
  }

  transaction<T>(run: () => T): T {
    return this.#db.transaction(run);
  }

  #noteClosing(closing: Closing): void {
    this.#db.transaction(() => this.schedule.note("close", Date.now() + AGAIN_MS, closing));
  }

  /** Plans to tidy in a day, once: a later plan does not move an earlier one. Call it inside a transaction. */
  #planTidy(): void {
    if (!this.schedule.has("tidy")) this.schedule.note("tidy", Date.now() + UNWRITTEN_MS, {});
  }

  async #destroy(): Promise<void> {
    this.copy.forgetCached();
    await this.#db.destroy();
  }

  #empty(sessionId: string): void {
    this.copy.forget(sessionId);
    this.facts.unlearn(sessionId);
    this.directory.delete(sessionId);
  }
}
