/** The turns of a session: asked, run one at a time, followed, cancelled. What each call means: `chat.ts`. */
import type { AiBinding } from "../../llm/binding";
import { Llama, type LlamaOptions } from "../../llm/llama";
import { log } from "../../log";
import { countUsage, type Quotas } from "../../quota";
import { budgetOf, measure } from "../../turn/budget";
import type { Encoder } from "../../turn/encodings";
import { LiveTurn, replay } from "../../turn/live-turn";
import { noJournal } from "../../turn/ports";
import { type Failure, failed, ok, type Result } from "../../turn/result";
import { answerTurn, followReply, storedReply, streamReply, streamTurn, wholeReply } from "../../turn/turn";
import type { Ask, AskReply, Idempotency, StoredTurn, TurnStatus } from "../../turn/types";
import { encoderOf, type Form } from "../../wire/forms";
import { storageFailed, written } from "../sqlite/try-write";
import type { AskingUser, AskRequest } from "./ask-request";
import type { Meaning } from "./embeddings";
import { isSameTurn, ofUser } from "./idempotency";
import type { Joining } from "./joining";
import { type Live, LiveTurns } from "./live-turns";
import { openTurn } from "./open-turn";
import type { Store } from "./store";
import { TurnJournal } from "./turn-journal";
import type { Line } from "./turn-queue";
import type { UserLink } from "./user-sync";

/** What turns need of their object. */
interface Deps {
  ctx: DurableObjectState;
  ai: AiBinding;
  line: Line;
  store: Store;
  meaning: Meaning;
  usage: Quotas;
  user: UserLink;
  /** After each turn that was written; never rejects. */
  onWritten: (request: AskRequest) => Promise<void>;
}

/** What an ask learns from outside while it waits in line. */
interface Beyond {
  meaning: Promise<Float32Array | null>;
  known: ReturnType<Joining["ask"]> | undefined;
}

export class SessionTurns {
  readonly #deps: Deps;
  readonly #live = new LiveTurns();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  ask(request: AskRequest): Promise<AskReply> | AskReply {
    const { turnId, form, user, onBusy = "queue" } = request;
    const idempotency = request.idempotency && ofUser(request.idempotency, user?.object);
    const refusal = this.#deps.user.refusal(user);
    if (refusal) return { state: "failed", failure: refusal };
    const encoder = form && encoderOf(form, turnId);
    const before =
      (request.again && this.#again(turnId, encoder, user)) || (idempotency && this.#byKey(idempotency, form, user));
    if (before) return before;
    if (onBusy === "reject" && this.#deps.line.busy) return { state: "failed", failure: { reason: "session_busy" } };
    if (this.#deps.line.full) return { state: "failed", failure: { reason: "session_queue_full" } };
    const turn = new LiveTurn({ id: turnId, question: request.ask.question, idempotency, createdAt: Date.now() });
    const known = user && this.#deps.user.joining.ask(user, request.ask, request.store ?? true);
    const meaning = this.#meaningOf(request);
    this.#deps.ctx.waitUntil(this.#run(this.#live.add(turn, user?.object), request, { meaning, known }));
    return encoder ? streamReply(turn, encoder) : wholeReply(turn, false);
  }

  get(turnId: string): StoredTurn | null {
    return this.#live.get(turnId)?.turn.stored ?? this.#storedTurn(turnId);
  }

  /** What stands in the storage as running, and does not run here, was lost: with its object, or as its end could not be written. */
  asItIs<T extends { status: TurnStatus }>(stored: T, turnId: string | undefined): T {
    const isLost = stored.status === "running" && !this.#live.get(turnId ?? "");
    return isLost ? { ...stored, status: "interrupted" } : stored;
  }

  follow(turnId: string, form: Form, after: number | null): Result<ReadableStream<Uint8Array>> {
    const encoder = encoderOf(form, turnId);
    const live = this.#live.get(turnId);
    if (live) return live.turn.follow(encoder, after);
    const stored = this.#storedTurn(turnId);
    return stored ? ok(replay(stored, encoder, after)) : failed({ reason: "turn_not_found" });
  }

  cancel(turnId: string): Result<StoredTurn> {
    const live = this.#live.get(turnId);
    if (live && !live.journal?.closed) {
      const { turn, journal } = live;
      turn.flush();
      const finished = turn.snapshot("cancelled");
      const cancelled = { ...turn.stored, ...finished, finishedAt: Date.now() };
      turn.fail({ reason: "turn_cancelled" });
      return written(() => {
        journal?.finish(finished);
        return ok(cancelled);
      });
    }
    const stored = this.#storedTurn(turnId);
    return stored ? ok(stored) : failed({ reason: "turn_not_found" });
  }

  /** Takes a turn out of the session, and of what its user's object knows; one that runs is ended first. */
  async withdraw(turnId: string): Promise<Result<void>> {
    const cancelled = this.cancel(turnId);
    if (!cancelled.ok) return cancelled;
    try {
      const own = this.#deps.store.saidIn(turnId);
      const [first, last] = [own[0], own.at(-1)];
      if (first && last && !(await this.#deps.user.retract(first.seq, last.seq)))
        return failed({ reason: "user_unreachable" });
      this.#deps.store.withdraw(turnId);
      return ok(undefined);
    } catch (error) {
      return failed(storageFailed(error));
    }
  }

  /** Ends those that run, and sends away those that wait. */
  cancelAll(failure: Failure): void {
    this.#deps.line.empty();
    this.#live.cancel(failure);
  }

  cancelOf(user: string, failure: Failure): void {
    this.#live.cancel(failure, user);
  }

  /** Whether those that run or wait are all of this user. */
  areOf(user: string): boolean {
    return this.#live.areOf(user);
  }

  /** A turn that runs or waits. */
  live(turnId: string): Live | undefined {
    return this.#live.get(turnId);
  }

  /** Runs a turn when its place in line has come. Whatever happens, the turn is over and its place free afterwards. */
  async #run(live: Live, request: AskRequest, beyond: Beyond): Promise<void> {
    const { turn } = live;
    const release = await this.#deps.line.enter();
    if (release) turn.ended.then(release);
    try {
      if (release && !turn.over) await this.#answer(live, request, beyond);
      turn.fail({ reason: "turn_cancelled" });
    } catch (error) {
      turn.fail(storageFailed(error));
    } finally {
      // Also where telling the followers fails.
      release?.();
    }
    const told = live.journal?.closed && this.#deps.user.tell();
    log("info", "turn", { session: this.#deps.ctx.id.toString(), ...turn.summary });
    await countUsage(this.#deps.usage, request.meter, turn.used);
    // Last, because an encoder may take its time.
    if (live.journal?.closed) await this.#deps.onWritten(request);
    await told;
  }

  /** Asks for the question's meaning while its turn waits in line; of use where the session is longer than its context. */
  async #meaningOf({ ask, model, embedding }: AskRequest): Promise<Float32Array | null> {
    // One that goes on with a question before it has no text of its own yet.
    if (!embedding || ask.question === "" || !this.isLong(ask, model)) return null;
    return this.#deps.meaning.question(ask.question, embedding);
  }

  /** Whether the session no longer fits the context of an ask. */
  isLong(ask: Ask, model: LlamaOptions): boolean {
    const { context } = budgetOf(measure(ask), new Llama(this.#deps.ai, model).window);
    return this.#deps.store.messages.end().tokens > context;
  }

  async #answer(live: Live, request: AskRequest, { meaning, known }: Beyond): Promise<void> {
    const { turn } = live;
    const { form, follows, store = true } = request;
    if (follows !== undefined && !this.#deps.store.turns.get(follows))
      return turn.fail({ reason: "response_not_found" });
    const model = new Llama(this.#deps.ai, request.model, this.#deps.ctx.id.toString());
    const [question, joined] = await Promise.all([meaning, known]);
    if (turn.over) return;
    if (joined && !joined.ok) return turn.fail(joined.failure);
    const owner =
      store && request.user ? await this.#deps.user.joining.join(request.user, joined?.value.epoch) : undefined;
    if (turn.over) return;
    if (owner && !owner.ok) return turn.fail(owner.failure);
    // Somebody else's turn may have been before this one in line.
    const refusal = this.#deps.user.refusal(request.user);
    if (refusal) return turn.fail(refusal);
    const opened = openTurn(this.#deps.store.messages, request, {
      at: turn.identity.createdAt,
      window: model.window,
      nearest: this.#deps.meaning.nearestTo(question),
      user: joined?.value.memory,
    });
    if (!opened.ok) return turn.fail(opened.failure);
    const { ask, context, opening } = opened.value;
    const rows = opening.before.length + opening.said.length + 1;
    if (store && !this.#deps.store.hasRoom(rows, request.limits)) return turn.fail({ reason: "session_full" });
    turn.asks(ask.question);
    const journal = new TurnJournal(this.#deps.store, turn.identity, { ...opening, owner: owner?.value });
    if (store) live.journal = journal;
    const parts = { ask, context, model, journal: store ? journal : noJournal };
    return form ? streamTurn(turn, parts) : answerTurn(turn, parts);
  }

  /** The turn of a call that was lost, where it reached this object or the one before it. */
  #again(
    turnId: string,
    encoder: Encoder | undefined,
    user: AskingUser | undefined,
  ): Promise<AskReply> | AskReply | undefined {
    const live = this.#live.get(turnId);
    if (live && live.user !== user?.object) return { state: "failed", failure: { reason: "session_of_another_user" } };
    if (live) return liveReply(live.turn, encoder, false);
    const stored = this.#storedTurn(turnId);
    return stored ? storedReply(stored, encoder) : undefined;
  }

  #byKey(
    asked: Idempotency,
    form: Form | undefined,
    user: AskingUser | undefined,
  ): Promise<AskReply> | AskReply | undefined {
    const live = this.#live.byKey(asked.key);
    // A session begins as the user's whose first turn runs there.
    const isForeign = live && user && live.user !== user.object && (live.user !== undefined || !user.mayAdopt);
    if (isForeign) return { state: "failed", failure: { reason: "session_of_another_user" } };
    const { turns, ownership } = this.#deps.store;
    const stored = live ? undefined : turns.byKey(asked.key);
    const known = live?.turn.identity.idempotency ?? stored;
    if (known && !isSameTurn(known.fingerprint, asked, ownership.owner)) {
      return { state: "failed", failure: { reason: "idempotency_conflict" } };
    }
    if (stored) return storedReply(stored, form && encoderOf(form, stored.id));
    return live && liveReply(live.turn, form && encoderOf(form, live.turn.identity.id), true);
  }

  #storedTurn(turnId: string): StoredTurn | null {
    const stored = this.#deps.store.turns.get(turnId);
    return stored ? this.asItIs(stored, turnId) : null;
  }
}

const liveReply = (turn: LiveTurn, encoder: Encoder | undefined, replayed: boolean) =>
  encoder ? followReply(turn, encoder, replayed) : wholeReply(turn, replayed);
