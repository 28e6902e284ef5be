/** One session: its stored data, its turns, and the operations on all of it. Shared by all parts of its object. */
import type { AiBinding } from "../../llm/binding";
import { Llama } from "../../llm/llama";
import { log } from "../../log";
import { objectOf } from "../../object-of";
import type { QuotaBindings } from "../../quota";
import { withTimeout } from "../../timeout";
import { budgetOf } from "../../turn/budget";
import { type Failure, failed, ok, type Result } from "../../turn/result";
import type { Message, StoredTurn, TurnStatus } from "../../turn/types";
import { Embeddings } from "../memory/embeddings";
import { thrownFailure } from "../sqlite/try-write";
import type { Learned } from "../user/fact-columns";
import type { Forgotten, UserObject } from "../user/user-object";
import type { AskRequest } from "./ask-request";
import { type DirectoryBindings, DirectorySync, isListed } from "./directory-sync";
import { LiveTurns } from "./live-turns";
import type { Owner } from "./owner";
import { Store } from "./store";
import { TurnQueue } from "./turn-queue";

/** Milliseconds that a user's object has to store an update. */
export const UPDATE_MS = 10_000;

export interface SessionBindings extends QuotaBindings, DirectoryBindings {
  AI: AiBinding;
  TENANT_DO: QuotaBindings["TENANT_DO"] & DirectoryBindings["TENANT_DO"];
  USER_DO: DurableObjectNamespace<UserObject>;
  /** Read from the bindings and not from requests, because the alarm has no request. */
  SESSION_TTL_DAYS?: string;
}

export class Session {
  readonly ctx: DurableObjectState;
  readonly env: SessionBindings;
  /** The id of the object, for logs and models: it does not reveal the name. */
  readonly id: string;
  readonly store: Store;
  readonly directory: DirectorySync;
  readonly embeddings: Embeddings;
  readonly queue = new TurnQueue();
  readonly live = new LiveTurns();
  #leaving: Promise<boolean> | undefined;

  constructor(ctx: DurableObjectState, env: SessionBindings) {
    this.ctx = ctx;
    this.env = env;
    this.id = ctx.id.toString();
    this.store = new Store(ctx.storage, isListed(env, ctx.id.name));
    this.directory = new DirectorySync(this.store, env, ctx.id.name);
    this.embeddings = new Embeddings(this.store, env, this.id);
  }

  /** Returns a turn as clients read it. */
  turn(turnId: string): StoredTurn | undefined {
    return this.live.get(turnId)?.stored ?? this.storedTurn(turnId);
  }

  storedTurn(turnId: string): StoredTurn | undefined {
    const stored = this.store.turns.get(turnId);
    return stored && this.markLost(stored, turnId);
  }

  /** Marks a turn as interrupted if it is stored as running but does not run: its object, or its last write, was lost. */
  markLost<T extends { status: TurnStatus }>(stored: T, turnId: string | undefined): T {
    const isLost = stored.status === "running" && !this.live.get(turnId ?? "");
    return isLost ? { ...stored, status: "interrupted" } : stored;
  }

  /** Returns messages as clients read them. */
  shown(messages: Message[]): Message[] {
    return messages.map((message) => this.markLost(message, message.turnId));
  }

  /** Ends the stored turn whose end could not be written. Until then its messages are not sent to the user's object. */
  endLostTurn(): void {
    this.store.endLost((turnId) => this.live.get(turnId) !== undefined);
  }

  model({ model }: AskRequest): Llama {
    return new Llama(this.env.AI, model, this.id);
  }

  /** Whether the session is larger than the context of a request. */
  isLong(request: AskRequest): boolean {
    return this.store.messages.tokens > budgetOf(request.input, this.model(request).window).context;
  }

  /** Calls a user's object. Returns null, and logs the cause, if the call fails or takes longer than `ms` milliseconds. */
  async callUser<R>(user: string, ms: number, call: (stub: UserStub) => Promise<R>): Promise<R | null> {
    try {
      return await withTimeout(ms, () => call(objectOf(this.env.USER_DO, user, this.env)));
    } catch (error) {
      log("warn", "user_unreachable", { cause: String(error) });
      return null;
    }
  }

  /**
   * Deletes everything that is stored, at once.
   * @param isUnlisted whether the tenant's directory has removed the session. Otherwise the storage keeps the task for it
   * @param failure ends turns that run or wait
   * @param keepsStorage whether the object keeps its empty storage
   */
  async destroy(
    isUnlisted: boolean,
    failure: Failure = { reason: "turn_cancelled" },
    keepsStorage = !isUnlisted,
  ): Promise<Result<{ deleted: number }>> {
    this.queue.clear();
    this.live.cancel(failure);
    try {
      return ok(keepsStorage ? this.store.clear(isUnlisted) : await this.store.destroy());
    } catch (error) {
      return failed(thrownFailure(error));
    }
  }

  /** Whether the session belongs to a user, in this epoch if it is given. */
  isOf(user: string, epoch?: string): boolean {
    const { owner } = this.store.ownership;
    return owner?.user === user && (epoch === undefined || owner.epoch === epoch);
  }

  /**
   * Deletes a session that its user's object has deleted.
   * @param epoch the one that has ended; absent if the user is being deleted
   * @returns undefined for a session with another owner or epoch; `user_unreachable` if a former user's object still has it
   */
  async destroyOf(user: string, epoch?: string, failure?: Failure): Promise<Result<{ deleted: number }> | undefined> {
    if (!this.isOf(user, epoch)) return undefined;
    if (!(await this.forgetFormer())) return failed({ reason: "user_unreachable" });
    const isUnlisted = this.isOf(user, epoch) && (await this.directory.leave());
    if (this.isOf(user, epoch)) return this.destroy(isUnlisted, failure);
    this.store.listing.stay();
    return undefined;
  }

  /**
   * Deletes the session in the object of the user that it was moved from. In a merge its facts stay there, and move when
   * all sessions have moved. @returns whether it is deleted there
   */
  leaveFormer(): Promise<boolean> {
    this.#leaving ??= this.#leaveFormer().finally(() => {
      this.#leaving = undefined;
    });
    return this.#leaving;
  }

  async #leaveFormer(): Promise<boolean> {
    const { ownership } = this.store;
    const { owner } = ownership;
    if (!owner?.left || owner.left.merge === "left") return true;
    const { merge } = owner.left;
    const forgotten = await this.forgetAt(owner.left, owner.sessionId, merge !== undefined);
    if (!forgotten) return false;
    const own = forgotten.again.filter(({ sessionId }) => sessionId === owner.sessionId);
    const learn = [...forgotten.learn, ...own.map(({ seq, to }) => ({ from: seq, to }))];
    ownership.markLeft(owner.left.epoch, merge && { ...owner.left, merge: "left" }, learn);
    return true;
  }

  /**
   * As {@link leaveFormer}, and deletes the facts of the session that are still there. Call it before messages are deleted
   * in the new user's object: facts that have already moved are deleted there.
   * @returns the turns of all sessions that those facts were learned from; undefined if the object does not answer
   */
  async forgetFormer(): Promise<Learned[] | undefined> {
    if (!(await this.leaveFormer())) return undefined;
    const { ownership } = this.store;
    const { owner } = ownership;
    if (!owner?.left) return [];
    const forgotten = await this.forgetAt(owner.left, owner.sessionId, false);
    if (forgotten) ownership.markLeft(owner.left.epoch);
    return forgotten?.again;
  }

  /**
   * Deletes the session in the object of a user.
   * @param again more turns that the user's object learns from again
   * @returns undefined if that object does not answer, or fails
   */
  async forgetAt(
    { user, epoch }: Pick<Owner, "user" | "epoch">,
    sessionId: string,
    keepsFacts: boolean,
    again?: Learned[],
  ): Promise<Forgotten | undefined> {
    const forgotten = await this.callUser<Result<Forgotten>>(user, UPDATE_MS, (stub) =>
      stub.forget(sessionId, epoch, keepsFacts, again),
    );
    return forgotten?.ok ? forgotten.value : undefined;
  }

  /**
   * Runs a change of the whole session when it is first in the queue.
   * @param cleared the failure if the session is emptied before
   * @returns `session_queue_full` if too many calls wait
   */
  async whenFirst<T>(
    change: () => Result<T> | Promise<Result<T>>,
    cleared: Failure = { reason: "turn_cancelled" },
  ): Promise<Result<T>> {
    if (this.queue.full) return failed({ reason: "session_queue_full" });
    const release = await this.queue.enter();
    try {
      return release ? await change() : failed(cleared);
    } catch (error) {
      return failed(thrownFailure(error));
    } finally {
      release?.();
    }
  }
}

type UserStub = DurableObjectStub<UserObject>;
