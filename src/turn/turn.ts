/** One turn: prompt, model, journal, events; for an answer at once and for a stream. */
import { type MeasuredAsk, promptOf } from "./budget";
import type { Encoder } from "./encodings";
import { type LiveTurn, replay } from "./live-turn";
import type { FittedPrompt, Journal, Model, ModelCall, ModelEnd } from "./ports";
import { memoryUsed } from "./prompt";
import type { AskReply, Context, FinishedTurn, StoredTurn } from "./types";

/** Milliseconds between two times at which what was said so far is saved. */
const SAVE_MS = 3_000;

/** Everything that a turn works with. */
export interface TurnParts {
  ask: MeasuredAsk;
  context: Context;
  model: Model;
  journal: Journal;
}

/** The prompt of a turn, for whichever model is asked; keeps the one that was sent last. */
function promptFor(turn: LiveTurn, { ask, context }: TurnParts) {
  const sent: { prompt?: FittedPrompt } = {};
  const call: ModelCall = {
    sampling: ask,
    tools: ask.tools,
    format: ask.format,
    prompt(window) {
      const fitted = promptOf(ask, context, window);
      if (fitted) {
        sent.prompt = fitted;
        turn.promptTokens = fitted.tokens;
      }
      return fitted;
    },
  };
  return {
    call,
    memory: () => memoryUsed(sent.prompt?.context ?? { ...context, window: [], recalled: [] }, sent.prompt?.shares),
    finished(answer: string, model: string, reasoning: string, end: ModelEnd): FinishedTurn {
      const { finishReason, toolCalls, usage, refused } = end;
      const memory = this.memory();
      return { status: "complete", answer, toolCalls, model, finishReason, usage, memory, reasoning, refused };
    },
  };
}

/** Answers a turn at once. Whatever happens meanwhile, nothing is written once the turn is over. */
export async function answerTurn(turn: LiveTurn, parts: TurnParts): Promise<void> {
  const prompt = promptFor(turn, parts);
  const asked = performance.now();
  const completion = await parts.model.complete(prompt.call, turn.signal);
  turn.modelMs = performance.now() - asked;
  if (turn.over) return;
  if (!completion.ok) return turn.fail(completion.failure);
  const { text, model, reasoning } = completion.value;
  const finished = prompt.finished(text, model, reasoning, completion.value);
  parts.journal.finish(finished);
  // The reply to a call waits by itself until what it wrote is durable; a stream that is open does not.
  if (turn.followed) await parts.journal.durable();
  turn.finish(finished);
}

/**
 * As {@link answerTurn}, emitting the answer as it is made. It starts when the question is durable and the model has
 * begun; where the model does not begin, the question is taken back. What fails later is kept as far as it came.
 */
export async function streamTurn(turn: LiveTurn, parts: TurnParts): Promise<void> {
  const { journal, model } = parts;
  const prompt = promptFor(turn, parts);
  const asked = performance.now();
  const call = model.stream(prompt.call, turn.signal);
  journal.begin();
  const [begun] = await Promise.all([call, journal.durable()]);
  turn.modelMs = performance.now() - asked;
  if (turn.over) return;
  if (!begun.ok) {
    journal.rollBack();
    return turn.fail(begun.failure);
  }
  const stream = begun.value;
  turn.start(stream.model, prompt.memory());
  let saved = Date.now();
  const end = await stream.read((part) => {
    turn.say(part);
    if (turn.over || Date.now() - saved < SAVE_MS) return;
    saved = Date.now();
    journal.save(turn.snapshot("interrupted"));
  });
  if (turn.over) return;
  turn.flush();
  if (!end.ok) {
    journal.finish(turn.snapshot("interrupted"));
    await journal.durable();
    return turn.fail(end.failure);
  }
  const finished = prompt.finished(turn.snapshot("complete").answer, stream.model, turn.reasoning, end.value);
  journal.finish(finished);
  await journal.durable();
  turn.finish(finished);
}

/** The reply to whoever asked for JSON: there when the turn is over. */
export async function wholeReply(turn: LiveTurn, replayed: boolean): Promise<AskReply> {
  const ended = await turn.ended;
  const { modelMs, identity } = turn;
  if (!ended.ok) return { state: "failed", failure: ended.failure };
  return { state: "finished", turnId: identity.id, turn: ended.value, replayed, modelMs };
}

/** The reply to whoever asked for a stream: there when the question is durable and the model has begun. */
export async function streamReply(turn: LiveTurn, encoder: Encoder): Promise<AskReply> {
  const begun = await turn.begun;
  if (!begun.ok) return { state: "failed", failure: begun.failure };
  const { modelMs, identity } = turn;
  return { state: "streaming", turnId: identity.id, bytes: turn.stream(encoder), replayed: false, modelMs };
}

/**
 * As {@link streamReply}, at once: a failure before the model has begun is an event. The model's time is 0, because it was
 * another request that waited for it.
 */
export function followReply(turn: LiveTurn, encoder: Encoder, replayed: boolean): AskReply {
  const bytes = turn.follow(encoder, null);
  if (!bytes.ok) return { state: "failed", failure: bytes.failure };
  return { state: "streaming", turnId: turn.identity.id, bytes: bytes.value, replayed, modelMs: 0 };
}

/** The reply to whoever asks again for a turn that is over. */
export function storedReply(turn: StoredTurn, encoder: Encoder | undefined): AskReply {
  const again = { turnId: turn.id, replayed: true, modelMs: 0 };
  if (encoder) return { state: "streaming", bytes: replay(turn, encoder, null), ...again };
  const { status } = turn;
  if (status === "complete") return { state: "finished", turn: { ...turn, status }, ...again };
  return { state: "failed", failure: { reason: status === "cancelled" ? "turn_cancelled" : "turn_interrupted" } };
}
