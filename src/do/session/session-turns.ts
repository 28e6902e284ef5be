/** The turns of a session: starts, runs one at a time, replays, cancels and withdraws them. See `chat.ts`. */
import { tracing } from "cloudflare:workers";
import { log } from "../../log";
import { countTokens } from "../../quota";
import { fits } from "../../turn/budget";
import type { Encoder } from "../../turn/encodings";
import { LiveTurn, replay } from "../../turn/live-turn";
import { type Failure, failed, ok, type Result } from "../../turn/result";
import { answerTurn, finishedReply, followReply, storedReply, streamReply, streamTurn } from "../../turn/turn";
import type { AskReply, Idempotency, StoredTurn } from "../../turn/types";
import { encoderOf, type Form } from "../../wire/forms";
import type { PendingVector } from "../memory/embeddings";
import { embeddedQuestion } from "../memory/follow-ups";
import { thrownFailure, tryWrite } from "../sqlite/try-write";
import type { AskRequest, SessionUser } from "./ask-request";
import { deleteTurn } from "./delete-turn";
import { isSameTurn, ofUser } from "./idempotency";
import type { Joined } from "./joining";
import type { Lifecycle } from "./lifecycle";
import { openTurn } from "./open-turn";
import type { Session } from "./session";
import { TurnJournal } from "./turn-journal";
import type { UserSync } from "./user-sync";
import { withoutFactsFrom } from "./without-facts";

type Reply = Promise<AskReply> | AskReply;

const failedReply = (failure: Failure): AskReply => ({ state: "failed", failure });

export class SessionTurns {
  readonly #session: Session;
  readonly #user: UserSync;
  readonly #lifecycle: Lifecycle;

  constructor(session: Session, user: UserSync, lifecycle: Lifecycle) {
    this.#session = session;
    this.#user = user;
    this.#lifecycle = lifecycle;
  }

  ask(asked: AskRequest): Reply {
    const request = { ...asked, input: this.#session.store.settings.applyTo(asked.input) };
    const { ctx, queue, live } = this.#session;
    const { turnId, input, form, user, onBusy = "queue" } = request;
    const idempotency = request.idempotency && ofUser(request.idempotency, user?.object);
    const refusal = this.#user.refusal(user);
    if (refusal) return failedReply(refusal);
    const encoder = form && encoderOf(form, turnId);
    const earlier =
      (request.again && this.#again(turnId, encoder, user)) || (idempotency && this.#byKey(idempotency, request));
    if (earlier) return earlier;
    if (!fits(input, this.#session.model(request).window)) return failedReply({ reason: "prompt_too_long" });
    // Before the turn to replace ends: a refused ask must not end it.
    if (queue.full) return failedReply({ reason: "session_queue_full" });
    const replaced = this.#endReplaced(request);
    if (!replaced.ok) return failedReply(replaced.failure);
    if (onBusy === "reject" && queue.busy && !replaced.value.ended) return failedReply({ reason: "session_busy" });
    const run = { ...request, replaces: replaced.value.replaces };
    const turn = new LiveTurn({
      id: turnId,
      question: input.question,
      idempotency,
      user: user?.object,
      createdAt: Date.now(),
      replaces: run.replaces,
      background: request.background,
    });
    live.add(turn, request.store ?? true);
    // Both calls run while the turn waits in the queue.
    const vector = this.#vectorOf(run);
    const joined = user && this.#user.joining.ask(user, run, vector);
    ctx.waitUntil(this.#run(turn, run, vector, joined));
    return encoder ? streamReply(turn, encoder) : finishedReply(turn, false);
  }

  follow(turnId: string, form: Form, after: number | null): Result<ReadableStream<Uint8Array>> {
    const turn = this.#session.live.get(turnId) ?? this.#session.storedTurn(turnId);
    if (!turn) return failed({ reason: "turn_not_found" });
    // A response has the time of its turn.
    const timed = { ...form, created: Math.floor(turn.createdAt / 1_000) };
    const encoder = encoderOf(timed, turnId);
    return turn instanceof LiveTurn ? turn.follow(encoder, after) : ok(replay(turn, encoder, after));
  }

  cancel(turnId: string): Result<StoredTurn> {
    const turn = this.#session.live.get(turnId);
    if (turn && !turn.journal.finished) {
      turn.flush();
      const finished = turn.snapshot("cancelled");
      const cancelled = { ...turn.stored, ...finished, finishedAt: Date.now() };
      turn.fail({ reason: "turn_cancelled" });
      return tryWrite(() => {
        turn.journal.finish(finished);
        return ok(cancelled);
      });
    }
    const stored = this.#session.storedTurn(turnId);
    return stored ? ok(stored) : failed({ reason: "turn_not_found" });
  }

  /** Deletes a turn here and in the user's object. Cancels it first if it runs. */
  async withdraw(turnId: string): Promise<Result<{ deleted: number }>> {
    const cancelled = this.cancel(turnId);
    return cancelled.ok ? deleteTurn(this.#session, this.#user, turnId) : cancelled;
  }

  /** Runs a turn when it is first in the queue. In any case, the turn ends and its place becomes free. */
  async #run(
    turn: LiveTurn,
    request: AskRequest,
    vector: PendingVector | undefined,
    joined: Promise<Result<Joined>> | undefined,
  ): Promise<void> {
    const { queue, id, env } = this.#session;
    const release = await tracing.enterSpan("queue", () => queue.enter());
    if (release) turn.ended.then(release);
    try {
      if (release && !turn.over) await this.#answer(turn, request, vector, joined);
      turn.fail({ reason: "turn_cancelled" });
    } catch (error) {
      turn.fail(thrownFailure(error, turn.id));
    } finally {
      // The promise above does not resolve if sending the last event to a follower throws.
      release?.();
    }
    const isStored = turn.journal.finished;
    const synced = isStored && this.#user.sync();
    log("info", "turn", { session: id, ...turn.summary });
    await countTokens(env, request.meter, turn.used);
    // Last, because an encoder may be slow.
    if (isStored) await this.#lifecycle.written(request);
    await synced;
  }

  /** Begins to create the vector of the question, if the session has vectors to compare it with, or its user may. */
  #vectorOf(request: AskRequest): PendingVector | undefined {
    const { input, embedding, replaces, user } = request;
    // The question is empty if the request only has tool results.
    const isNeeded = input.question !== "" && (user !== undefined || this.#usesVectors(request));
    const { messages, removals } = this.#session.store;
    const textOf = () => embeddedQuestion(messages, input.question, removals.startOf(replaces));
    return this.#session.embeddings.begin(textOf, embedding, isNeeded);
  }

  /** Whether the session is longer than its context and has vectors. */
  #usesVectors(request: AskRequest): boolean {
    return this.#session.embeddings.has(request.embedding) && this.#session.isLong(request);
  }

  async #answer(
    turn: LiveTurn,
    request: AskRequest,
    pending: PendingVector | undefined,
    joining: Promise<Result<Joined>> | undefined,
  ): Promise<void> {
    const { store: session } = this.#session;
    const { form, follows, user, replaces, history, store = true } = request;
    if (follows !== undefined && !session.turns.get(follows)) return turn.fail({ reason: "response_not_found" });
    const model = this.#session.model(request);
    const [vector, joined] = await Promise.all([this.#usesVectors(request) ? pending?.vector : null, joining]);
    if (turn.over) return;
    if (joined && !joined.ok) return turn.fail(joined.failure);
    const owner = store && user ? await this.#user.joining.join(user, joined?.value.epoch) : undefined;
    if (turn.over) return;
    if (owner && !owner.ok) return turn.fail(owner.failure);
    // An earlier turn in the queue may have claimed the session for another user.
    const refusal = this.#user.refusal(user);
    if (refusal) return turn.fail(refusal);
    const edited = history ? session.removals.edited(history, request.input.question) : [];
    const replaced = replaces === undefined ? ok(edited) : session.removals.lastTurn(replaces);
    if (!replaced.ok) return turn.fail(replaced.failure);
    const memory = withoutFactsFrom(joined?.value.memory, user?.sessionId, replaced.value[0]?.seq);
    const scope = { nearest: this.#session.embeddings.nearestTo(vector), user: memory };
    const opened = tracing.enterSpan("context", () =>
      openTurn(session.messages, request, turn.createdAt, model.window, scope, replaced.value),
    );
    if (!opened.ok) return turn.fail(opened.failure);
    const { input, context, opening } = opened.value;
    turn.question = input.question;
    if (store) {
      const rows = opening.before.length + opening.messages.length + 1;
      if (!session.hasRoom(rows, request.limits)) return turn.fail({ reason: "session_full" });
      turn.journal = new TurnJournal(session, turn, { ...opening, owner: owner?.value });
    }
    return tracing.enterSpan("model", () => (form ? streamTurn : answerTurn)(turn, model, input, context));
  }

  /** Returns the reply to a repeated call whose first try reached this object or the one before it. */
  #again(turnId: string, encoder: Encoder | undefined, user: SessionUser | undefined): Reply | undefined {
    const live = this.#session.live.get(turnId);
    if (live && live.user !== user?.object) return failedReply({ reason: "session_of_another_user" });
    if (live) return liveReply(live, encoder, false);
    const stored = this.#session.storedTurn(turnId);
    if (stored?.status !== "interrupted" || stored.answer !== "") return stored && storedReply(stored, encoder);
    // The turn was lost before its first text: it runs again.
    const { store } = this.#session;
    const dropped = tryWrite(() => {
      // Ends the turn first, so that the messages that it was to replace are shown again.
      this.#session.endLostTurn();
      return ok(store.remove(store.removals.messagesOf(turnId)));
    });
    return dropped.ok ? undefined : failedReply(dropped.failure);
  }

  /**
   * Ends the turn that a request replaces, if it runs or waits.
   * @returns the turn to replace, absent if nothing of it is stored; `not_the_last_turn` or `turn_not_found`
   */
  #endReplaced({ replaces, user }: AskRequest): Result<{ replaces?: string | undefined; ended: boolean }> {
    if (replaces === undefined) return ok({ ended: false });
    const { live, store } = this.#session;
    const running = live.get(replaces);
    if (live.last !== undefined && live.last !== running) {
      const isKnown = running ?? store.turns.get(replaces);
      return failed({ reason: isKnown ? "not_the_last_turn" : "turn_not_found" });
    }
    if (!running) {
      const last = store.removals.lastTurn(replaces);
      return last.ok ? ok({ replaces, ended: false }) : last;
    }
    if (user && running.user !== undefined && running.user !== user.object)
      return failed({ reason: "session_of_another_user" });
    const cancelled = this.cancel(replaces);
    if (!cancelled.ok) return cancelled;
    // A turn without text leaves nothing, so its own predecessor is replaced.
    return ok({ replaces: store.turns.get(replaces) ? replaces : running.replaces, ended: true });
  }

  /** Returns the reply to a request whose idempotency key has a turn. */
  #byKey(asked: Idempotency, { form, user, received }: AskRequest): Reply | undefined {
    const live = this.#session.live.byKey(asked.key);
    // The user of the first turn claims the session.
    const isForeign = live && user && live.user !== user.object && (live.user !== undefined || !user.canClaim);
    if (isForeign) return failedReply({ reason: "session_of_another_user" });
    const { turns, ownership } = this.#session.store;
    const stored = live ? undefined : turns.byKey(asked.key);
    const known = live?.idempotency ?? stored;
    if (known && !isSameTurn(known.fingerprint, asked, ownership.owner))
      return failedReply({ reason: "idempotency_conflict" });
    const found = stored ?? live;
    if (!found) return undefined;
    const encoder = form && encoderOf(form, found.id);
    const after = received?.turnId === found.id ? received.characters : null;
    return stored ? storedReply(stored, encoder, after) : live && liveReply(live, encoder, true, after);
  }
}

const liveReply = (turn: LiveTurn, encoder: Encoder | undefined, replayed: boolean, after: number | null = null) =>
  encoder ? followReply(turn, encoder, replayed, after) : finishedReply(turn, replayed);
