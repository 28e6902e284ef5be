/** UserDO: what is known of one person beyond a session: their sessions, what was said in them, facts. Thin, as ChatDO. */
import { DurableObject } from "cloudflare:workers";
import { USER_MAX_MB } from "../limits";
import type { AiBinding } from "../llm/binding";
import { log } from "../log";
import { failed, ok, type Result } from "../turn/result";
import type { RecalledMessage } from "../turn/types";
import type { Fact, Place } from "../turn/user-memory";
import { SEARCH_TOKENS } from "./memory/ranking";
import { storageFailed, written } from "./sqlite/try-write";
import type { UsageDO } from "./tenant";
import { type Extraction, Learning } from "./user/learn-facts";
import type { Known, Question, UserObject } from "./user/user-object";
import type { Cursor, ListedSession, Unwritten } from "./user/user-sessions";
import { type Closing, type Names, type Told, UserStore } from "./user/user-store";

/** Sessions that one call deletes, so many at once: a call may make so many of its own. */
const BATCH = 32;
const AT_ONCE = 8;
/** Milliseconds until an alarm goes on with a deletion that failed. */
const PAUSE_MS = 60_000;

/** What a user's object needs of a session's. */
interface SessionObject extends Rpc.DurableObjectBranded {
  leave(user: string): Promise<Result<void>>;
  holds(user: string, epoch: string): boolean;
}

interface Bindings {
  AI: AiBinding;
  CHAT_DO: DurableObjectNamespace<SessionObject>;
  USAGE_DO: DurableObjectNamespace<UsageDO>;
  /** Read here and not passed with each ask, because sessions also send updates without an ask. */
  USER_MAX_MB?: string;
}

/** How much of a user was deleted, and whether that is everything. */
export type Deleted = Pick<Closing, "sessions" | "messages" | "facts"> & { done: boolean };

export class UserDO extends DurableObject<Bindings> implements UserObject {
  readonly #store: UserStore;
  readonly #learning: Learning;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#store = new UserStore(ctx.storage);
    this.#learning = new Learning(env.AI, env.USAGE_DO, this.#store, ctx.id.toString());
  }

  /** Returns messages of other sessions, and facts, for a question; and the epoch of the session that asks. */
  memory({ text, sessionId, epoch, opens, recallTokens, factTokens }: Question): Known {
    const { closing, directory } = this.#store;
    if (epoch !== undefined || opens) {
      if (closing) return { state: "user_being_deleted" };
      if (epoch !== undefined && !directory.has(sessionId, epoch)) return { state: "gone" };
    }
    const listed = epoch === undefined && opens ? this.#store.open(sessionId) : epoch;
    const memory = this.#store.memory(sessionId, text, { recall: recallTokens, facts: factTokens });
    return { state: "known", memory, epoch: listed };
  }

  /**
   * Lists a session, which stores nothing for the user before that.
   * @returns its epoch; `user_being_deleted` while the user is being deleted
   */
  open(sessionId: string): Result<string> {
    if (this.#store.closing) return failed({ reason: "user_being_deleted" });
    return this.#written(() => this.#store.open(sessionId));
  }

  /**
   * Takes what was said in a session. To be told it twice changes nothing.
   * @param extraction how facts are learnt from turns; absent where they are not
   * @returns up to which `seq` the session is known; `gone` if its epoch is over
   */
  tell(told: Told, extraction?: Extraction): number | "gone" {
    const store = this.#store;
    if (store.closing || !store.directory.has(told.sessionId, told.epoch)) return "gone";
    const { seq, learns } = store.transaction(() => {
      const { seq, fresh } = store.tell(told, Number(this.env.USER_MAX_MB ?? USER_MAX_MB) * 1_000_000);
      return { seq, learns: extraction !== undefined && this.#learning.note(told, fresh, extraction) };
    });
    if (learns) this.ctx.waitUntil(this.#learn());
    return seq;
  }

  /** Gives a session a title; without effect where its epoch is over. */
  rename(sessionId: string, epoch: string, title: string): void {
    const { directory } = this.#store;
    if (directory.has(sessionId, epoch)) directory.rename(sessionId, title);
  }

  /** Deletes a session with its messages and the facts learned from them. Without effect if its epoch is over. */
  forget(sessionId: string, epoch: string): Result<void> {
    return this.#written(() => this.#store.forget(sessionId, epoch));
  }

  /** A page of the user's sessions, those first in which something was said last. */
  sessions(limit: number, after?: Cursor): ListedSession[] {
    return this.#store.directory.list(limit, after);
  }

  /** The messages of all sessions that fit a text best, best first. */
  search(text: string, limit: number): RecalledMessage[] {
    return this.#store.copy.recall(text, { tokens: SEARCH_TOKENS, count: limit }).recalled;
  }

  /** Newest first. */
  facts(): Fact[] {
    return this.#store.facts.all();
  }

  /** @returns `facts_full` where there are too many */
  addFact(text: string, source: Place | null): Result<Fact> {
    const { facts, closing } = this.#store;
    if (closing) return failed({ reason: "user_being_deleted" });
    if (facts.full) return failed({ reason: "facts_full" });
    return this.#written(() => facts.add(text, source, false));
  }

  /** @returns `fact_not_found` where there is none */
  changeFact(id: string, text: string): Result<Fact> {
    const { facts } = this.#store;
    const before = facts.get(id);
    if (!before) return failed({ reason: "fact_not_found" });
    const changed = this.#written(() => facts.change(id, text, before.source, false));
    if (!changed.ok) return changed;
    return changed.value ? ok(changed.value) : failed({ reason: "fact_not_found" });
  }

  /** @returns `fact_not_found` where there is none */
  deleteFact(id: string): Result<void> {
    if (!this.#store.facts.get(id)) return failed({ reason: "fact_not_found" });
    return this.#written(() => {
      this.#store.facts.delete(id);
    });
  }

  /**
   * Deletes the next of the user's sessions, and when none is left, all the rest. While it goes on nobody asks as this
   * user; where it breaks off, the next call goes on, and after a while an alarm.
   * @returns how much was deleted in all, and whether that is everything; `user_half_deleted` where a session does not answer
   */
  async destroy(names: Names): Promise<Result<Deleted>> {
    try {
      return await this.#destroy(names);
    } catch (error) {
      return failed(storageFailed(error));
    }
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    await this.#store.schedule.run({
      extract: () => this.#learning.run(),
      close: () => this.#goOn(),
      tidy: () => this.#store.tidy((session) => this.#isWritten(session)),
    });
  }

  async #destroy(names: Names): Promise<Result<Deleted>> {
    this.#store.close(names);
    const { directory } = this.#store;
    const batch = directory.some(BATCH);
    for (let at = 0; at < batch.length; at += AT_ONCE) {
      const some = batch.slice(at, at + AT_ONCE);
      const over = await Promise.all(some.map(({ id }) => this.#leave(names, id)));
      for (const [index, session] of some.entries()) if (over[index]) this.#store.closed(session);
      if (over.includes(false)) return failed({ reason: "user_half_deleted" });
    }
    const { sessions = 0, messages = 0, facts = 0 } = this.#store.closing ?? {};
    const done = directory.empty;
    if (done) await this.#store.clear();
    return ok({ sessions, messages, facts, done });
  }

  /** Has a session deleted. @returns whether it is */
  async #leave({ object, prefix }: Names, sessionId: string): Promise<boolean> {
    try {
      return (await this.env.CHAT_DO.getByName(prefix + sessionId).leave(object)).ok;
    } catch (error) {
      log("warn", "session_not_deleted", { cause: String(error) });
      return false;
    }
  }

  /** Whether a session has stored something in its epoch, or may do so; true if it does not answer. */
  async #isWritten({ id, epoch }: Unwritten): Promise<boolean> {
    const user = this.ctx.id.name;
    if (user === undefined) return true;
    try {
      const prefix = user.slice(0, user.lastIndexOf("/") + 1);
      return await this.env.CHAT_DO.getByName(prefix + id).holds(user, epoch);
    } catch (error) {
      log("warn", "session_unreachable", { cause: String(error) });
      return true;
    }
  }

  /** Goes on with a deletion that broke off. @returns when to look again */
  async #goOn(): Promise<number | null> {
    const { closing } = this.#store;
    if (!closing) return null;
    const result = await this.destroy(closing);
    if (result.ok && result.value.done) return null;
    return Date.now() + (result.ok ? 0 : PAUSE_MS);
  }

  /** What waits longer than this call is the alarm's. */
  async #learn(): Promise<void> {
    const next = await this.#learning.run();
    if (next !== null) this.#store.schedule.plan("extract", next);
  }

  #written<T>(write: () => T): Result<T> {
    return written(() => ok(this.#store.transaction(write)));
  }
}
