/** The turns of a session: asked, run one at a time, followed, cancelled. */
import type { AiBinding } from "../llm/binding";
import type { EmbeddingOptions } from "../llm/embedder";
import { Llama, type LlamaOptions } from "../llm/llama";
import { log } from "../log";
import { budgetOf, measure } from "../turn/budget";
import { LiveTurn, replay } from "../turn/live-turn";
import { noJournal } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import { answerTurn, followReply, storedReply, streamReply, streamTurn, wholeReply } from "../turn/turn";
import type { Ask, AskReply, Encode, Idempotency, NewMessage, StoredTurn, ToolResult } from "../turn/types";
import { encoderOf, type Form } from "../wire/forms";
import type { Line } from "./live/line";
import { type Live, LiveTurns } from "./live/live-turns";
import type { Meaning } from "./meaning";
import { openTurn } from "./opening";
import { storageFailed } from "./storage/failed";
import type { SessionLimits, Store } from "./storage/store";
import { TurnJournal } from "./storage/turn-journal";
import type { UsageDO } from "./usage";

/** A question, and the models that it is asked and understood with. */
export interface Asking {
  ask: Ask;
  model: LlamaOptions;
  /** How the question's meaning is found; absent where words decide alone. */
  embedding?: EmbeddingOptions | undefined;
}

/** How a session is asked. */
export interface AskRequest extends Asking {
  /** The turn's id, made by the one who asks, so that asking again after a lost call is the same turn. */
  turnId: string;
  /** Whether it is such an asking again. */
  again?: boolean;
  limits: SessionLimits;
  /** The form in which the answer is streamed; absent for the answer as a whole. */
  form?: Form | undefined;
  idempotency?: Idempotency | undefined;
  /** Whether to wait in line while another turn runs; by default, yes. */
  onBusy?: "queue" | "reject" | undefined;
  /** What was said before; of use, and remembered, only where the session is still empty. */
  before?: NewMessage[];
  /** What the functions returned that the last answer called; the question may be empty then, and goes on. */
  results?: ToolResult[];
  /** A turn of this session that the question goes on with: without it the ask fails. */
  follows?: string | undefined;
  /** The name of the object that counts what the turn uses, where somebody wants to know. */
  meter?: string | undefined;
  /** False: the session is read, and nothing of the turn is written. */
  store?: boolean;
}

/** What turns need of their object. */
interface Surroundings {
  ctx: DurableObjectState;
  ai: AiBinding;
  line: Line;
  store: Store;
  meaning: Meaning;
  usage: DurableObjectNamespace<UsageDO>;
  /** After each turn that was written. */
  onWritten: (request: AskRequest) => Promise<void>;
}

export class SessionTurns {
  readonly #live = new LiveTurns();
  readonly #ctx: DurableObjectState;
  readonly #ai: AiBinding;
  readonly #line: Line;
  readonly #store: Store;
  readonly #meaning: Meaning;
  readonly #usage: DurableObjectNamespace<UsageDO>;
  readonly #onWritten: Surroundings["onWritten"];

  constructor({ ctx, ai, line, store, meaning, usage, onWritten }: Surroundings) {
    this.#ctx = ctx;
    this.#ai = ai;
    this.#line = line;
    this.#store = store;
    this.#meaning = meaning;
    this.#usage = usage;
    this.#onWritten = onWritten;
  }

  /** Gives the reply to whoever asked; the turn goes on by itself. */
  ask(request: AskRequest): Promise<AskReply> | AskReply {
    const { turnId, idempotency, form, onBusy = "queue" } = request;
    const encode = form && encoderOf(form, turnId);
    const known = (request.again && this.#again(turnId, encode)) || (idempotency && this.#byKey(idempotency, form));
    if (known) return known;
    if (onBusy === "reject" && this.#line.busy) return { state: "failed", failure: { reason: "session_busy" } };
    if (this.#line.full) return { state: "failed", failure: { reason: "session_queue_full" } };
    const turn = new LiveTurn({ id: turnId, question: request.ask.question, idempotency, createdAt: Date.now() });
    this.#ctx.waitUntil(this.#run(this.#live.add(turn), request, this.#meaningOf(request)));
    return encode ? streamReply(turn, encode) : wholeReply(turn, false);
  }

  get(turnId: string): StoredTurn | null {
    return this.#live.get(turnId)?.turn.stored ?? this.#storedTurn(turnId);
  }

  /** The turn's bytes in a form, given how many characters of its answer are known already; null for all events. */
  follow(turnId: string, form: Form, after: number | null): ReadableStream<Uint8Array> | null {
    const encode = encoderOf(form, turnId);
    const live = this.#live.get(turnId);
    if (live) return live.turn.follow(encode, after);
    const stored = this.#storedTurn(turnId);
    return stored && replay(stored, encode, after);
  }

  /** What a running turn has said so far is kept; one that waits in line leaves nothing. */
  cancel(turnId: string): Result<StoredTurn> {
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
        return failed(storageFailed(error));
      }
      return ok(cancelled);
    }
    const stored = this.#storedTurn(turnId);
    return stored ? ok(stored) : failed({ reason: "turn_not_found" });
  }

  /** Takes a turn out of the session; one that runs is ended first. */
  withdraw(turnId: string): Result<void> {
    const cancelled = this.cancel(turnId);
    if (!cancelled.ok) return cancelled;
    try {
      this.#store.withdraw(turnId);
      return ok(undefined);
    } catch (error) {
      return failed(storageFailed(error));
    }
  }

  /** Ends those that run, and sends away those that wait. */
  cancelAll(): void {
    this.#line.empty();
    this.#live.cancel();
  }

  /** Runs a turn when its place in line has come. Whatever happens, the turn is over and its place free afterwards. */
  async #run(live: Live, request: AskRequest, vector: Promise<Float32Array | null>): Promise<void> {
    const { turn } = live;
    const release = await this.#line.enter();
    if (release) turn.ended.then(release);
    try {
      if (release && !turn.over) await this.#answer(live, request, vector);
      turn.fail({ reason: "turn_cancelled" });
    } catch (error) {
      turn.fail(storageFailed(error));
    }
    log("info", "turn", { session: this.#ctx.id.toString(), ...turn.summary });
    if (request.meter && turn.used > 0) await this.#count(request.meter, turn.used);
    // Last, because an encoder may take its time.
    if (live.journal?.closed) await this.#onWritten(request).catch(storageFailed);
  }

  /** What cannot be counted is told to the operator; the turn stands. */
  async #count(meter: string, tokens: number): Promise<void> {
    try {
      await this.#usage.getByName(meter).add(tokens);
    } catch (error) {
      log("error", "usage_not_counted", { meter, tokens, error: String(error) });
    }
  }

  /** Asks for the question's meaning while its turn waits in line; of use where the session is longer than its context. */
  async #meaningOf({ ask, model, embedding }: AskRequest): Promise<Float32Array | null> {
    // One that goes on with a question before it has no text of its own yet.
    if (!embedding || ask.question === "" || !this.isLong(ask, model)) return null;
    return this.#meaning.question(ask.question, embedding);
  }

  /** Whether the session no longer fits the context of an ask. */
  isLong(ask: Ask, model: LlamaOptions): boolean {
    const { context } = budgetOf(measure(ask), new Llama(this.#ai, model).window);
    return this.#store.messages.end().tokens > context;
  }

  async #answer(live: Live, request: AskRequest, vector: Promise<Float32Array | null>): Promise<void> {
    const { turn } = live;
    const { form, follows, store = true } = request;
    if (follows !== undefined && !this.#store.turns.get(follows)) return turn.fail({ reason: "response_not_found" });
    const model = new Llama(this.#ai, request.model, this.#ctx.id.toString());
    const question = await vector;
    if (turn.over) return;
    const opened = openTurn(this.#store.messages, request, {
      at: turn.identity.createdAt,
      window: model.window,
      nearest: this.#meaning.nearestTo(question),
      user: undefined,
    });
    if (!opened.ok) return turn.fail(opened.failure);
    const { ask, context, opening } = opened.value;
    const rows = opening.before.length + opening.said.length + 1;
    if (store && !this.#store.hasRoom(rows, request.limits)) return turn.fail({ reason: "session_full" });
    turn.asks(ask.question);
    const journal = new TurnJournal(this.#store, turn.identity, opening);
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
}
