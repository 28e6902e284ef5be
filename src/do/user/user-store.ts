/** The storage of a user's object, and the transactions that change it. */
import type { Message, RecalledMessage } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import { Database } from "../sqlite/database";
import { Schedule } from "../sqlite/schedule";
import { asksToContinue } from "./continuation";
import type { Learned } from "./fact-columns";
import { type Asked, factsFor } from "./fact-ranking";
import { Learner } from "./learner";
import { UserFacts } from "./user-facts";
import type { Question, SessionUpdate } from "./user-object";
import { type Unwritten, UserSessions } from "./user-sessions";
import { type Asked as AskedTranscript, UserTranscript } from "./user-transcript";

/** Milliseconds after which a listed session without messages is checked: far longer than a turn takes. */
const UNWRITTEN_MS = 86_400_000;
/** The most sessions that one check asks; each costs a call. */
const CHECKED = 32;
/** The sessions that a new session's prompt lists. */
const LATEST = 5;
/** The fewest messages that are dropped at once if the database is too large, and how many for each new message. */
const DROPPED = 1_000;
const DROPPED_EACH = 4;
/** Milliseconds after which the alarm continues a deletion whose object was lost. */
const AGAIN_MS = 30_000;

/** The tasks that the alarm of a user's object runs. */
type Task = "extract" | "close" | "tidy" | "reindex" | "embed";

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
  /** The copy of the messages of all sessions, by place. */
  readonly messages: UserTranscript;
  readonly sessions: UserSessions;
  readonly facts: UserFacts;
  readonly learner: Learner;
  readonly schedule: Schedule<Task>;
  /** Incremented each time everything is deleted. */
  generation = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#db = new Database(storage, "user");
    this.messages = new UserTranscript(this.#db);
    this.sessions = new UserSessions(this.#db);
    this.facts = new UserFacts(this.#db);
    this.learner = new Learner(this.#db);
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
   * @returns the last `seq` that is stored, the messages that are new, and turns to learn from again
   */
  update(update: SessionUpdate, maxBytes: number): { seq: number; fresh: Message[]; again: Learned[] } {
    const { sessionId, from, to, messages, title, listed } = update;
    const before = this.sessions.get(sessionId);
    const synced = before?.told ?? 0;
    if (from > synced + 1) return { seq: synced, fresh: [], again: [] };
    const seq = Math.max(synced, to);
    const fresh = messages.filter((message) => message.seq > synced);
    const bytes = this.#storage.sql.databaseSize;
    const again = this.#db.transaction(() => {
      const kept = new Set(messages.map(({ seq }) => seq));
      const dropped = this.messages.retract(sessionId, from, Math.min(to, synced), kept);
      this.messages.add(sessionId, fresh);
      this.sessions.put(sessionId, {
        told: seq,
        messages: listed?.messages ?? (before?.messages ?? 0) + fresh.length - dropped.length,
        title: listed ? listed.title : (dropped.length === 0 && before?.title) || this.messages.title(sessionId),
        firstAt: before?.first_at ?? listed?.firstAt ?? fresh[0]?.createdAt ?? null,
        lastAt: fresh.at(-1)?.createdAt ?? before?.last_at ?? listed?.lastAt ?? null,
      });
      if (title !== undefined) this.sessions.rename(sessionId, title);
      // Deleted rows leave free pages, and the file never shrinks: it grows only when no free page is left.
      const { databaseSize } = this.#storage.sql;
      if (databaseSize > maxBytes && databaseSize > bytes) {
        this.messages.dropOldest(Math.max(DROPPED, DROPPED_EACH * fresh.length));
      }
      const isLost = (turn: Learned) =>
        turn.sessionId === sessionId && dropped.some((seq) => seq >= turn.seq && seq <= turn.to);
      return dropped.length === 0 ? [] : this.facts.forget(isLost);
    });
    return { seq, fresh, again };
  }

  /**
   * Returns facts, and the messages of all other sessions that match a question of one session. For a session without a
   * question, also the latest other sessions, and the end of the last one if the question only refers to it.
   * @param near the vector of the question, and the messages nearest to it
   */
  memory(
    { sessionId, text, recallTokens, factTokens, previous, timeZone }: Question,
    near: Pick<Asked & AskedTranscript, "vector" | "nearestTo">,
  ): UserMemory {
    const asked = { previous, timeZone, ...near };
    const limits = { tokens: recallTokens };
    const facts = factsFor(this.facts.rows, text, asked, factTokens);
    const { recalled, scale } = this.messages.recallFor(text, limits, sessionId, asked, facts.length > 0);
    const listed = previous?.length === 0 ? this.sessions.list(LATEST + 1) : [];
    const latest = listed.filter((session) => session.sessionId !== sessionId).slice(0, LATEST);
    const [last] = latest;
    const end = last && asksToContinue(text) ? this.messages.endOf(last.sessionId, recallTokens >> 1) : [];
    const isEnd = (one: RecalledMessage) => end.some((at) => at.sessionId === one.sessionId && at.seq === one.seq);
    return {
      recalled: [...end, ...recalled.filter((message) => !isEnd(message))],
      scale,
      latest: latest.map(({ title, lastAt }) => ({ title, lastAt })),
      facts,
    };
  }

  /**
   * Deletes a session, with its messages and the facts that the model learned from them; also facts that were kept before.
   * @returns turns to learn from again, also of this session
   */
  forget(sessionId: string, epoch: string, keepsFacts = false): Learned[] {
    const row = this.sessions.get(sessionId);
    if (row ? row.epoch !== epoch : keepsFacts || this.facts.rows.empty) return [];
    return this.#db.transaction(() => {
      this.#planTidy();
      return this.#deleteSession(sessionId, keepsFacts);
    });
  }

  /** Returns the state of the user's deletion; undefined if no deletion has begun. */
  get deletion(): Deletion | undefined {
    return this.schedule.noted("close");
  }

  /** Begins a deletion of the user. Without effect if one has begun. */
  beginDeletion(names: ObjectNames): void {
    this.#noteDeletion(this.deletion ?? { ...names, sessions: 0, messages: 0, facts: this.facts.rows.count() });
  }

  /** Counts a session that is deleted, and deletes its messages here. */
  countDeleted({ id, messages }: { id: string; messages: number }): void {
    const { deletion } = this;
    // Another call may have counted it meanwhile.
    if (!deletion || !this.sessions.get(id)) return;
    const sessions = deletion.sessions + (messages > 0 ? 1 : 0);
    this.#db.transaction(() => {
      this.#deleteSession(id);
      this.#noteDeletion({ ...deletion, sessions, messages: deletion.messages + messages });
    });
  }

  /** Deletes everything of the user. Late updates are refused, because no epoch is listed any more. */
  async clear(): Promise<void> {
    this.#db.transaction(() => {
      this.messages.clear();
      this.sessions.clear();
      this.facts.rows.clear();
      for (const task of ["close", "extract", "reindex", "embed"] as const) this.schedule.drop(task);
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
    if (this.messages.empty && this.facts.rows.empty && this.sessions.empty && !this.deletion) await this.#destroy();
    return null;
  }

  /** Rebuilds a part of an old index: of facts first, then of messages. @returns when to continue; null at its end */
  reindex(): Promise<number | null> {
    return this.messages.reindex(this.#db, this.schedule, () => this.facts.rows.reindex());
  }

  get vectors() {
    return this.messages.vectors;
  }

  stableSeq(): number {
    return this.messages.last;
  }

  transaction<T>(run: () => T): T {
    return this.#db.transaction(run);
  }

  #noteDeletion(deletion: Deletion): void {
    this.schedule.note("close", Date.now() + AGAIN_MS, deletion);
  }

  /** Plans to tidy in a day. A later plan does not move an earlier one. Call it inside a transaction. */
  #planTidy(): void {
    if (!this.schedule.has("tidy")) this.schedule.plan("tidy", Date.now() + UNWRITTEN_MS);
  }

  async #destroy(): Promise<void> {
    this.generation += 1;
    await this.#db.destroy();
  }

  #deleteSession(sessionId: string, keepsFacts = false): Learned[] {
    this.messages.delete(sessionId);
    this.sessions.delete(sessionId);
    return keepsFacts ? [] : this.facts.forget((turn) => turn.sessionId === sessionId);
  }
}
