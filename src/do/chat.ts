/**
 * ChatDO: one session's memory and its turns. The RPC surface, kept thin.
 *
 * What is read may be read on behalf of one user, by the name of their object: then the session must be theirs, or empty.
 */
import { DurableObject } from "cloudflare:workers";
import type { AiBinding } from "../llm/binding";
import type { EmbeddingOptions } from "../llm/embedder";
import type { Preview, Sizes } from "../turn/preview";
import { failed, ok, type Result } from "../turn/result";
import { byTime, isOlder } from "../turn/time-order";
import type { AskReply, Entry, Message, NewMessage, RecalledMessage, StoredTurn } from "../turn/types";
import type { Form } from "../wire/forms";
import type { Asking, AskRequest } from "./session/ask-request";
import { Meaning } from "./session/embeddings";
import { SessionEnd } from "./session/lifecycle";
import { type Page, type ReadInfo, SessionReads } from "./session/session-reads";
import { SessionTurns } from "./session/session-turns";
import { type SessionLimits, Store } from "./session/store";
import { Transfer } from "./session/transfer";
import { Line } from "./session/turn-queue";
import { UserLink } from "./session/user-sync";
import { storageFailed } from "./sqlite/try-write";
import type { UsageDO } from "./tenant";
import type { UserObject } from "./user/user-object";

interface Bindings {
  /** Read here and not passed along with each ask, because an alarm has nobody who asks. */
  SESSION_TTL_DAYS?: string;
  AI: AiBinding;
  USAGE_DO: DurableObjectNamespace<UsageDO>;
  USER_DO: DurableObjectNamespace<UserObject>;
}

export class ChatDO extends DurableObject<Bindings> {
  readonly #line = new Line();
  readonly #store: Store;
  readonly #turns: SessionTurns;
  readonly #reads: SessionReads;
  readonly #transfer: Transfer;
  readonly #meaning: Meaning;
  readonly #user: UserLink;
  readonly #end: SessionEnd;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#store = new Store(ctx.storage);
    this.#transfer = new Transfer(ctx.storage, this.#store, this.#line);
    this.#meaning = new Meaning(env.AI, env.USAGE_DO, this.#store);
    const [store, line] = [this.#store, this.#line];
    this.#user = new UserLink({
      users: env.USER_DO,
      store,
      onGone: (user, epoch) => ctx.waitUntil(this.#end.drop(user, epoch)),
    });
    this.#turns = new SessionTurns({
      ...{ ctx, ai: env.AI, line, store, usage: env.USAGE_DO },
      meaning: this.#meaning,
      user: this.#user,
      onWritten: (request) => this.#written(request),
    });
    this.#reads = new SessionReads({ ai: env.AI, store, turns: this.#turns, meaning: this.#meaning, user: this.#user });
    this.#end = new SessionEnd({
      ...{ store, line, turns: this.#turns, transfer: this.#transfer, user: this.#user },
      days: () => Number(this.env.SESSION_TTL_DAYS ?? 0),
    });
    if (this.#store.recovered) void this.#written();
  }

  /**
   * Asks the session a question: waits for its turn, asks the model, remembers.
   *
   * Never throws for what is expected: the reply says how it went. The turn goes on when whoever asked is gone.
   */
  ask(request: AskRequest): Promise<AskReply> | AskReply {
    return this.#turns.ask(request);
  }

  /** A turn: running, or as it is remembered; `turn_not_found` where the session has no such turn. */
  getTurn(turnId: string, by?: string): Result<StoredTurn> {
    return this.#reads.turn(turnId, by);
  }

  /**
   * The bytes of a turn in a form: those that were, and while it runs those to come.
   * @param after how many characters of the answer are known already; null for all events
   */
  follow(turnId: string, form: Form, after: number | null, by?: string): Result<ReadableStream<Uint8Array>> {
    return this.#reads.follow(turnId, form, after, by);
  }

  /**
   * Ends a turn. What a running one has said so far is kept; one that waits in line leaves nothing.
   * @returns the turn; `turn_not_found` where there is none
   */
  cancelTurn(turnId: string, by?: string): Result<StoredTurn> {
    return this.#reads.mayReadTurn(turnId, by) ?? this.#turns.cancel(turnId);
  }

  /** Takes a turn's question and answer out of the session, one that runs too; what came after it stays. */
  withdrawTurn(turnId: string): Promise<Result<void>> {
    return this.#turns.withdraw(turnId);
  }

  /**
   * A page of the transcript, newest first; fewer messages than wanted where they are long.
   * @returns `nextCursor`: the `before` of the next page, null at the end
   */
  getHistory(page: Page, by?: string): Result<{ messages: Message[]; nextCursor: number | null }> {
    return this.#reads.history(page, by);
  }

  /** Messages by their `seq`, newest first: a page with nothing behind it. */
  pick(seqs: number[], by?: string): Result<{ messages: Message[]; nextCursor: null }> {
    return this.#reads.pick(seqs, by);
  }

  /** Gives the session a title; that its user's object knows it comes first. */
  async rename(title: string): Promise<Result<void>> {
    const renamed = await this.#user.rename(title);
    if (renamed.ok) this.ctx.waitUntil(this.#written());
    return renamed;
  }

  /**
   * Appends messages by their time, all or none, when their turn in line has come. Fails with `older_than_session` if they
   * begin before the session's newest message.
   * @param limits how large the session may become; of any size by default
   * @param asking how it would be asked: vectors are made where it no longer fits its context
   */
  async append(
    messages: NewMessage[],
    limits?: SessionLimits,
    asking?: Asking,
  ): Promise<Result<{ firstSeq: number; lastSeq: number }>> {
    if (this.#line.full) return failed({ reason: "session_queue_full" });
    const release = await this.#line.enter();
    if (!release) return failed({ reason: "turn_cancelled" });
    try {
      const refusal = this.#user.refusal(asking?.user);
      if (refusal) return failed(refusal);
      if (limits && !this.#store.hasRoom(messages.length, limits)) return failed({ reason: "session_full" });
      const { life } = this.#store;
      const owner = asking?.user && (await this.#user.joining.join(asking.user));
      if (owner && !owner.ok) return owner;
      if (this.#store.life !== life) return failed({ reason: "turn_cancelled" });
      const ordered = byTime(messages, Date.now());
      const [newest] = this.#store.messages.page(undefined, 1);
      if (isOlder(ordered, newest?.createdAt)) return failed({ reason: "older_than_session" });
      const appended = this.#store.append(ordered, owner?.value);
      this.ctx.waitUntil(this.#appended(asking));
      return ok(appended);
    } catch (error) {
      return failed(storageFailed(error));
    } finally {
      release();
    }
  }

  /** The session as lines of JSON, a page at a time. */
  export(): ReadableStream<Uint8Array> {
    return this.#transfer.export();
  }

  /** Begins an import into the session, which must be empty. @returns the id that the calls below take */
  beginImport(): Result<string> {
    return this.#transfer.begin();
  }

  /** Adds to an import. @returns the place of the first entry that cannot be added, or null */
  addToImport(id: string, entries: Entry[], limits: SessionLimits): Result<number | null> {
    return this.#transfer.add(id, entries, limits);
  }

  /** Makes an import the session, in one transaction. @param title the one that it was given, if any */
  async finishImport(id: string, asking: Asking, title?: string): Promise<Result<{ messages: number }>> {
    const finished = await this.#transfer.finish(id, title);
    if (finished.ok) this.ctx.waitUntil(this.#appended(asking));
    return finished;
  }

  /** Drops an import; without effect where it is not there. */
  cancelImport(id: string): void {
    this.#transfer.cancel(id);
  }

  /** Empties the session and cancels its turns, after its user's object has deleted it. The session then has no user. */
  reset(): Promise<Result<{ deleted: number }>> {
    return this.#end.reset();
  }

  /** As `reset`, and gives the storage back: nothing of the session is left. */
  destroy(): Promise<Result<{ deleted: number }>> {
    return this.#end.destroy();
  }

  /** Deletes the session where it belongs to a user who is deleted, and ends the turns of theirs that run or wait. */
  leave(user: string): Promise<Result<void>> {
    return this.#end.leave(user);
  }

  /** Whether the session has stored something in an epoch with a user, or may be about to. */
  holds(user: string, epoch: string): boolean {
    return this.#end.holds(user, epoch);
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    await this.#store.schedule.run({
      expire: () => this.#end.expire(),
      embed: () => this.#meaning.resume(),
      tell: () => this.#owed(),
    });
  }

  /** How much there is of the session. */
  info(embeddingModel: string, by?: string): Result<ReadInfo> {
    return this.#reads.info(embeddingModel, by);
  }

  /** The prompt that a question would be asked with now, and why; without a turn. */
  context(asking: Asking, sizes: Sizes): Promise<Result<Preview>> {
    return this.#reads.context(asking, sizes);
  }

  /** The messages that fit a text best, best first. */
  search(text: string, limit: number, embedding?: EmbeddingOptions, by?: string): Promise<Result<RecalledMessage[]>> {
    return this.#reads.search(text, limit, embedding, by);
  }

  /** What is due when something was written, and nobody waits for; never rejects. */
  async #written(asking?: Asking): Promise<void> {
    try {
      this.#end.plan();
      if (!asking?.embedding || !this.#turns.isLong(asking.ask, asking.model)) return;
      await this.#meaning.catchUp(asking.embedding);
    } catch (error) {
      storageFailed(error);
    }
  }

  /** What was appended is told before anything else is done. */
  async #appended(asking: Asking | undefined): Promise<void> {
    const told = this.#user.tell();
    await this.#written(asking);
    await told;
  }

  /** Goes on with what the session's user is owed; a deletion that was lost in the middle comes before all else. */
  #owed(): Promise<number | null> {
    return this.#store.ownership.owner?.leaving ? this.#end.goOn() : this.#user.tell();
  }
}
