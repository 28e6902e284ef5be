/** Runs one turn: prompt, model, journal, events; for a JSON answer and for a stream. */
import { promptOf } from "./budget";
import type { Encoder } from "./encodings";
import { resultOf } from "./events";
import { type LiveTurn, replay } from "./live-turn";
import type { FittedPrompt, Model, ModelCall, ModelEnd } from "./ports";
import { memoryUsed } from "./prompt";
import { promptHash } from "./prompt-hash";
import type { AskReply, Context, FinishedTurn, MemoryUsed, PromptInput, StoredTurn } from "./types";

/** Milliseconds between two saves of a partial answer: a lost object loses at most so much of it. */
const SAVE_MS = 3_000;

/** Returns the report about the context of a prompt, with the hash of its text. */
const memoryOf = ({ messages, context, shares }: FittedPrompt): MemoryUsed => ({
  ...memoryUsed(context, shares),
  hash: promptHash(messages),
});

/** Builds a turn's prompt for each call of a model, and keeps the report about the last one. */
function promptFor(turn: LiveTurn, input: PromptInput, context: Context) {
  let memory: MemoryUsed | undefined;
  const call: ModelCall = {
    sampling: input,
    tools: input.tools,
    format: input.format,
    prompt(window) {
      const fitted = promptOf(input, context, window);
      if (fitted) {
        memory = memoryOf(fitted);
        turn.promptTokens = fitted.tokens;
      }
      return fitted;
    },
  };
  // A turn may end before its first prompt is built.
  const nothing = () => memoryUsed({ ...context, window: [], recalled: [] }, undefined);
  return { call, memory: () => memory ?? nothing() };
}

function finishedTurn(
  { finishReason, toolCalls, usage, refused }: ModelEnd,
  said: Pick<FinishedTurn, "answer" | "model" | "reasoning" | "memory">,
): FinishedTurn {
  return { status: "complete", ...said, toolCalls, finishReason, usage, refused };
}

/** Answers a turn with JSON. Writes nothing after the turn has ended. */
export async function answerTurn(turn: LiveTurn, model: Model, input: PromptInput, context: Context): Promise<void> {
  const prompt = promptFor(turn, input, context);
  const asked = performance.now();
  const completion = await model.complete(prompt.call, turn.signal);
  turn.modelMs = performance.now() - asked;
  const memory = prompt.memory();
  if (turn.over) return;
  if (!completion.ok) return turn.fail(completion.failure);
  const { text: answer, model: answered, reasoning } = completion.value;
  const finished = finishedTurn(completion.value, { answer, model: answered, reasoning, memory });
  turn.journal.finish(finished);
  // The runtime holds back the reply to a call until its writes are durable, but not the bytes of an open stream.
  if (turn.followed) await turn.journal.durable();
  turn.finish(finished);
}

/**
 * Answers a turn with a stream. Emits `start` when the question is durable and the model has begun. Deletes the
 * question if the model does not begin, unless the turn runs in the background; keeps the partial answer if the model
 * fails later.
 */
export async function streamTurn(turn: LiveTurn, model: Model, input: PromptInput, context: Context): Promise<void> {
  const { journal } = turn;
  const prompt = promptFor(turn, input, context);
  const asked = performance.now();
  const call = model.stream(prompt.call, turn.signal);
  journal.begin();
  const [begun] = await Promise.all([call, journal.durable().then(() => turn.accept())]);
  turn.modelMs = performance.now() - asked;
  const memory = prompt.memory();
  if (turn.over) return;
  if (!begun.ok) {
    if (turn.background) journal.finish(turn.snapshot("interrupted"));
    else journal.rollBack();
    return turn.fail(begun.failure);
  }
  const stream = begun.value;
  turn.start(stream.model, memory);
  let saved = Date.now();
  const end = await stream.read((part) => {
    turn.say(part);
    if (turn.over || Date.now() - saved < SAVE_MS) return;
    saved = Date.now();
    journal.save(turn.snapshot("interrupted"));
  });
  // An invalid reply was requested once more, perhaps with another prompt.
  const used = prompt.memory();
  if (turn.over) return;
  turn.flush();
  if (!end.ok) {
    journal.finish(turn.snapshot("interrupted"));
    await journal.durable();
    return turn.fail(end.failure);
  }
  const { answer, reasoning } = turn;
  const finished = finishedTurn(end.value, { answer, model: stream.model, reasoning, memory: used });
  journal.finish(finished);
  await journal.durable();
  turn.finish(finished);
}

/** Returns the reply to a request for JSON, when the turn ends. */
export async function finishedReply(turn: LiveTurn, replayed: boolean): Promise<AskReply> {
  const ended = await turn.ended;
  if (!ended.ok) return { state: "failed", failure: ended.failure };
  return { state: "finished", turnId: turn.id, turn: ended.value, replayed, modelMs: turn.modelMs };
}

/** Returns the reply to a request for a stream, when the question is durable and the model has begun. */
export async function streamReply(turn: LiveTurn, encoder: Encoder): Promise<AskReply> {
  const begun = await turn.begun;
  if (!begun.ok) return { state: "failed", failure: begun.failure };
  return { state: "streaming", turnId: turn.id, bytes: turn.stream(encoder), replayed: false, modelMs: turn.modelMs };
}

/**
 * Returns the reply to a repeated request for a stream without waiting: a failure before the model begins is then an
 * event. The model's time is 0, because the first request waited for it.
 * @param after characters of the answer that the client has; null for all events
 */
export function followReply(
  turn: LiveTurn,
  encoder: Encoder,
  replayed: boolean,
  after: number | null = null,
): AskReply {
  const bytes = turn.follow(encoder, after);
  if (!bytes.ok) return { state: "failed", failure: bytes.failure };
  return { state: "streaming", turnId: turn.id, bytes: bytes.value, replayed, modelMs: 0 };
}

/** As {@link followReply}, for a turn that has ended. */
export function storedReply(turn: StoredTurn, encoder: Encoder | undefined, after: number | null = null): AskReply {
  const again = { turnId: turn.id, replayed: true, modelMs: 0 };
  if (encoder) return { state: "streaming", bytes: replay(turn, encoder, after), ...again };
  const ended = resultOf(turn);
  return ended.ok ? { state: "finished", turn: ended.value, ...again } : { state: "failed", failure: ended.failure };
}
