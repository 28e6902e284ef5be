/** ChatDO: one session's memory and its turns. The RPC surface, kept thin. */
import { DurableObject } from "cloudflare:workers";
import type { AiBinding } from "../llm/binding";
import { Llama, type LlamaOptions } from "../llm/llama";
import { budgetOf, measure } from "../turn/budget";
import { contextOf } from "../turn/conversation";
import { LiveTurn, replay } from "../turn/live-turn";
import { noJournal } from "../turn/ports";
import { type Preview, preview, type Sizes } from "../turn/preview";
import { type Failure, failed, ok, type Result } from "../turn/result";
import { answerTurn, followReply, storedReply, streamReply, streamTurn, wholeReply } from "../turn/turn";
import type {
  Ask,
  AskReply,
  Encode,
  Idempotency,
  Message,
  NewMessage,
  RecalledMessage,
  StoredTurn,
} from "../turn/types";
import { encoderOf, type Form } from "../wire/forms";
import { Line } from "./live/line";
import { type Live, LiveTurns } from "./live/live-turns";
import { readContext } from "./recall/context";
import { recall } from "./recall/ranking";
import type { SessionInfo } from "./storage/messages";
import { Store } from "./storage/store";
import { TurnJournal } from "./storage/turn-journal";

/** Tokens of all messages that a search finds: what one call of an object may carry. */
const SEARCH_TOKENS = 1_000_000;

/** How a session is asked. */
export interface AskRequest {
  /** The turn's id, made by the one who asks, so that asking again after a lost call is the same turn. */
  turnId: string;
  /** Whether it is such an asking again. */
  again?: boolean;
  ask: Ask;
  model: LlamaOptions;
  /** The form in which the answer is streamed; absent for the answer as a whole. */
  form?: Form | undefined;
  idempotency?: Idempotency | undefined;
  /** Whether to wait in line while another turn runs; by default, yes. */
  onBusy?: "queue" | "reject" | undefined;
  /** What was said before; of use, and remembered, only where the session is still empty. */
  before?: NewMessage[];
  /** A turn of this session that the question goes on with: without it the ask fails. */
  follows?: string | undefined;
  /** False: the session is read, and nothing of the turn is written. */
  store?: boolean;
}

export class ChatDO extends DurableObject<{ AI: AiBinding }> {
  readonly #line = new Line();
  readonly #live = new LiveTurns();
  readonly #store: Store;

  constructor(ctx: DurableObjectState, env: { AI: AiBinding }) {
    super(ctx, env);
    this.#store = new Store(ctx.storage);
  }

  /**
   * Asks the session a question: waits for its turn, asks the model, remembers.
   *
   * Never throws for what is expected: the reply says how it went. The turn goes on when whoever asked is gone.
   */
  ask(request: AskRequest): Promise<AskReply> | AskReply {
    const { turnId, idempotency, form, onBusy = "queue" } = request;
    const encode = form && encoderOf(form, turnId);
    const known = (request.again && this.#again(turnId, encode)) || (idempotency && this.#byKey(idempotency, form));
    if (known) return known;
    if (onBusy === "reject" && this.#line.busy) return { state: "failed", failure: { reason: "session_busy" } };
    if (this.#line.full) return { state: "failed", failure: { reason: "session_queue_full" } };
    const turn = new LiveTurn({ id: turnId, question: request.ask.question, idempotency, createdAt: Date.now() });
    this.ctx.waitUntil(this.#run(this.#live.add(turn), request));
    return encode ? streamReply(turn, encode) : wholeReply(turn, false);
  }

  /** A turn: running, or as it is remembered; null where the session has no such turn. */
  getTurn(turnId: string): StoredTurn | null {
    return this.#live.get(turnId)?.turn.stored ?? this.#storedTurn(turnId);
  }

  /**
   * The bytes of a turn in a form: those that were, and while it runs those to come.
   * @param after how many characters of the answer are known already; null for all events
   * @returns null where the session has no such turn
   */
  follow(turnId: string, form: Form, after: number | null): ReadableStream<Uint8Array> | null {
    const encode = encoderOf(form, turnId);
    const live = this.#live.get(turnId);
    if (live) return live.turn.follow(encode, after);
    const stored = this.#storedTurn(turnId);
    return stored && replay(stored, encode, after);
  }

  /**
   * Ends a turn. What a running one has said so far is kept; one that waits in line leaves nothing.
   * @returns the turn; `turn_not_found` where there is none
   */
  cancelTurn(turnId: string): Result<StoredTurn> {
    const live = this.#live.get(turnId);
    if (live && !live.journal?.closed) {
      const { turn, journal } = live;
      turn.flush();
      const finished = turn.snapshot("cancelled");
      const cancelled = { ...turn.stored, ...finished, finishedAt: Date.now() };
      turn.fail({ reason: "turn_cancelled" });
      try {
        journal?.finish(finished);
      } catch (error) {
        return failed(this.#storageFailed(error));
      }
      return ok(cancelled);
    }
    const stored = this.#storedTurn(turnId);
    return stored ? ok(stored) : failed({ reason: "turn_not_found" });
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

  /** Appends messages, all or none, when their turn in line has come. */
  async append(messages: NewMessage[]): Promise<Result<{ firstSeq: number; lastSeq: number }>> {
    if (this.#line.full) return failed({ reason: "session_queue_full" });
    const release = await this.#line.enter();
    if (!release) return failed({ reason: "turn_cancelled" });
    try {
      return ok(this.#store.append(messages));
    } catch (error) {
      return failed(this.#storageFailed(error));
    } finally {
      release();
    }
  }

  /** Forgets all messages and turns, and ends those that run or wait; the session goes on, empty. */
  reset(): { deleted: number } {
    this.#cancelAll();
    return this.#store.clear();
  }

  /** As `reset`, and gives the storage back: nothing of the session is left. */
  async destroy(): Promise<{ deleted: number }> {
    this.#cancelAll();
    const { last } = this.#store.messages.end();
    await this.#store.destroy();
    return { deleted: last };
  }

  /** How much there is of the session. */
  info(): SessionInfo {
    return this.#store.messages.info();
  }

  /** The prompt that a question would be asked with now, and why; without a turn. */
  context(ask: Ask, model: LlamaOptions, sizes: Sizes): Result<Preview> {
    const { window } = new Llama(this.env.AI, model);
    return preview(measure(ask), window, sizes, (budget) => readContext(this.#store.messages, ask.question, budget));
  }

  /** The messages that fit a text best, best first. */
  search(text: string, limit: number): RecalledMessage[] {
    const { messages } = this.#store;
    return recall(messages, text, { before: messages.end().last + 1, tokens: SEARCH_TOKENS, count: limit });
  }

  /** Runs a turn when its place in line has come. Whatever happens, the turn is over and its place free afterwards. */
  async #run(live: Live, request: AskRequest): Promise<void> {
    const { turn } = live;
    const release = await this.#line.enter();
    if (release) turn.ended.then(release);
    try {
      if (release && !turn.over) await this.#answer(live, request);
      turn.fail({ reason: "turn_cancelled" });
    } catch (error) {
      turn.fail(this.#storageFailed(error));
    }
  }

  async #answer(live: Live, request: AskRequest): Promise<void> {
    const { turn } = live;
    const { form, follows, before = [], store = true } = request;
    const { messages, turns } = this.#store;
    if (follows !== undefined && !turns.get(follows)) return turn.fail({ reason: "response_not_found" });
    const model = new Llama(this.env.AI, request.model, this.ctx.id.toString());
    const ask = measure(request.ask);
    const budget = budgetOf(ask, model.window);
    const known = readContext(messages, ask.question, budget);
    const begins = known.total === 0;
    const context = begins ? contextOf(before, budget.context) : known;
    const journal = new TurnJournal(this.#store, turn.identity, ask.questionTokens, begins ? before : []);
    if (store) live.journal = journal;
    const parts = { ask, context, model, journal: store ? journal : noJournal };
    return form ? streamTurn(turn, parts) : answerTurn(turn, parts);
  }

  /** The turn of a call that was lost, where it reached this object or the one before it. */
  #again(turnId: string, encode: Encode | undefined): Promise<AskReply> | AskReply | undefined {
    const live = this.#live.get(turnId);
    if (live) return encode ? followReply(live.turn, encode, false) : wholeReply(live.turn, false);
    const stored = this.#storedTurn(turnId);
    return stored ? storedReply(stored, encode) : undefined;
  }

  #byKey({ key, fingerprint }: Idempotency, form: Form | undefined): Promise<AskReply> | AskReply | undefined {
    const live = this.#live.byKey(key);
    const stored = live ? undefined : this.#store.turns.byKey(key);
    const known = live?.turn.identity.idempotency ?? stored;
    if (known && known.fingerprint !== fingerprint) {
      return { state: "failed", failure: { reason: "idempotency_conflict" } };
    }
    if (stored) return storedReply(stored, form && encoderOf(form, stored.id));
    if (!live) return undefined;
    return form ? followReply(live.turn, encoderOf(form, live.turn.identity.id), true) : wholeReply(live.turn, true);
  }

  /** A turn that stands in the storage as running, and does not run here, was lost with its object. */
  #storedTurn(turnId: string): StoredTurn | null {
    const stored = this.#store.turns.get(turnId);
    if (!stored) return null;
    return stored.status === "running" ? { ...stored, status: "interrupted" } : stored;
  }

  #cancelAll(): void {
    this.#line.empty();
    this.#live.cancel();
  }

  #storageFailed(error: unknown): Failure {
    console.error(JSON.stringify({ event: "storage_failed", error: String(error) }));
    return { reason: "storage_failed" };
  }
}
