/** ChatDO: one session's memory and its turns. The RPC surface, kept thin. */
import { DurableObject } from "cloudflare:workers";
import type { AiBinding } from "../llm/binding";
import type { EmbeddingOptions } from "../llm/embedder";
import { Llama } from "../llm/llama";
import { measure } from "../turn/budget";
import { type Preview, preview, type Sizes } from "../turn/preview";
import { failed, ok, type Result } from "../turn/result";
import type { AskReply, Entry, Message, NewMessage, RecalledMessage, StoredTurn } from "../turn/types";
import type { Form } from "../wire/forms";
import { Line } from "./live/line";
import { Meaning } from "./meaning";
import { readContext } from "./recall/context";
import { recall } from "./recall/ranking";
import { type Asking, type AskRequest, SessionTurns } from "./session-turns";
import { storageFailed } from "./storage/failed";
import type { SessionInfo } from "./storage/messages";
import { type SessionLimits, Store } from "./storage/store";
import { Transfer } from "./transfer";
import type { UsageDO } from "./usage";

/** Tokens of all messages that a search finds: what one call of an object may carry. */
const SEARCH_TOKENS = 1_000_000;

const DAY_MS = 86_400_000;

interface Bindings {
  /** Read here and not passed along with each ask, because an alarm has nobody who asks. */
  SESSION_TTL_DAYS?: string;
  AI: AiBinding;
  USAGE_DO: DurableObjectNamespace<UsageDO>;
}

export class ChatDO extends DurableObject<Bindings> {
  readonly #line = new Line();
  readonly #store: Store;
  readonly #turns: SessionTurns;
  readonly #transfer: Transfer;
  readonly #meaning: Meaning;
  /** Whether the session's end is planned. */
  #kept = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#store = new Store(ctx.storage);
    this.#transfer = new Transfer(ctx.storage, this.#store, this.#line);
    this.#meaning = new Meaning(env.AI, this.#store);
    this.#turns = new SessionTurns({
      ctx,
      ai: env.AI,
      line: this.#line,
      store: this.#store,
      meaning: this.#meaning,
      usage: env.USAGE_DO,
      onWritten: (request) => this.#written(request),
    });
    if (this.#store.recovered) this.#keep();
  }

  /**
   * Asks the session a question: waits for its turn, asks the model, remembers.
   *
   * Never throws for what is expected: the reply says how it went. The turn goes on when whoever asked is gone.
   */
  ask(request: AskRequest): Promise<AskReply> | AskReply {
    return this.#turns.ask(request);
  }

  /** A turn: running, or as it is remembered; null where the session has no such turn. */
  getTurn(turnId: string): StoredTurn | null {
    return this.#turns.get(turnId);
  }

  /**
   * The bytes of a turn in a form: those that were, and while it runs those to come.
   * @param after how many characters of the answer are known already; null for all events
   * @returns null where the session has no such turn
   */
  follow(turnId: string, form: Form, after: number | null): ReadableStream<Uint8Array> | null {
    return this.#turns.follow(turnId, form, after);
  }

  /**
   * Ends a turn. What a running one has said so far is kept; one that waits in line leaves nothing.
   * @returns the turn; `turn_not_found` where there is none
   */
  cancelTurn(turnId: string): Result<StoredTurn> {
    return this.#turns.cancel(turnId);
  }

  /** Takes a turn's question and answer out of the session, one that runs too; what came after it stays. */
  withdrawTurn(turnId: string): Result<void> {
    return this.#turns.withdraw(turnId);
  }

  /**
   * A page of the transcript, newest first.
   * @param before only messages with a smaller `seq`
   * @param limit how many; fewer come where they are long
   * @returns `nextCursor`: the `before` of the next page, null at the end
   */
  getHistory({ before, limit }: { before?: number | undefined; limit: number }): {
    messages: Message[];
    nextCursor: number | null;
  } {
    const messages = this.#store.messages.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    return { messages, nextCursor: last > 1 ? last : null };
  }

  /**
   * Appends messages, all or none, when their turn in line has come.
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
      if (limits && !this.#store.hasRoom(messages.length, limits)) return failed({ reason: "session_full" });
      const appended = this.#store.append(messages);
      this.ctx.waitUntil(this.#written(asking));
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

  /** Makes an import the session, in one transaction. */
  async finishImport(id: string, asking: Asking): Promise<Result<{ messages: number }>> {
    const finished = await this.#transfer.finish(id);
    if (finished.ok) this.ctx.waitUntil(this.#written(asking));
    return finished;
  }

  /** Drops an import; without effect where it is not there. */
  cancelImport(id: string): void {
    this.#transfer.cancel(id);
  }

  /** Forgets all messages and turns, and ends those that run or wait; the session goes on, empty. */
  reset(): Result<{ deleted: number }> {
    this.#turns.cancelAll();
    try {
      this.#transfer.cancel();
      return ok(this.#store.clear());
    } catch (error) {
      return failed(storageFailed(error));
    }
  }

  /** As `reset`, and gives the storage back: nothing of the session is left. */
  async destroy(): Promise<Result<{ deleted: number }>> {
    this.#turns.cancelAll();
    this.#kept = false;
    try {
      this.#transfer.cancel();
      const deleted = this.#store.messages.count();
      await this.#store.destroy();
      return ok({ deleted });
    } catch (error) {
      return failed(storageFailed(error));
    }
  }

  /** Does what is due. */
  override async alarm(): Promise<void> {
    await this.#store.schedule.run({
      expire: () => this.#expire(),
      embed: () => this.#meaning.resume(),
    });
  }

  /** How much there is of the session; `vectors`: how many messages have one of this model. */
  info(embeddingModel: string): SessionInfo & { vectors: number } {
    return { ...this.#store.messages.info(), vectors: this.#store.vectors.count(embeddingModel) };
  }

  /** The prompt that a question would be asked with now, and why; without a turn. */
  async context({ ask, model, embedding }: Asking, sizes: Sizes): Promise<Result<Preview>> {
    const { window } = new Llama(this.env.AI, model);
    const isLong = sizes.windowTokens !== undefined || this.#turns.isLong(ask, model);
    const question = embedding && isLong ? await this.#meaning.question(ask.question, embedding) : null;
    const { messages } = this.#store;
    const scope = { total: messages.count(), nearest: this.#meaning.nearestTo(question) };
    return preview(measure(ask), window, sizes, (budget) => readContext(messages, ask.question, budget, scope));
  }

  /** The messages that fit a text best, best first. */
  async search(text: string, limit: number, embedding?: EmbeddingOptions): Promise<RecalledMessage[]> {
    const { messages } = this.#store;
    const question = embedding ? await this.#meaning.question(text, embedding) : null;
    const before = messages.end().last + 1;
    const nearest = this.#meaning.nearestTo(question)?.(before);
    return recall(messages, text, { before, tokens: SEARCH_TOKENS, count: limit }, { nearest }).recalled;
  }

  get #ttl(): number {
    return Number(this.env.SESSION_TTL_DAYS ?? 0) * DAY_MS;
  }

  /** What is due when something was written, and nobody waits for. */
  async #written(asking: Asking | undefined): Promise<void> {
    this.#keep();
    if (!asking?.embedding || !this.#turns.isLong(asking.ask, asking.model)) return;
    await this.#meaning.catchUp(asking.embedding);
  }

  /** Plans the session's end, once: the alarm finds out by itself whether it was used meanwhile. */
  #keep(): void {
    const { schedule } = this.#store;
    // A session that was emptied meanwhile gets no tables.
    if (this.#kept || !(this.#ttl > 0) || this.#store.messages.end().last === 0) return;
    if (!schedule.has("expire")) schedule.plan("expire", Date.now() + this.#ttl);
    this.#kept = true;
  }

  /** Deletes a session that nobody has used for so long. @returns when to look again */
  async #expire(): Promise<number | null> {
    if (!(this.#ttl > 0)) return null;
    const end = (this.#line.busy ? Date.now() : this.#store.lastUsed()) + this.#ttl;
    if (end > Date.now()) return end;
    const ended = await this.destroy();
    return ended.ok ? null : Date.now() + DAY_MS;
  }
}
