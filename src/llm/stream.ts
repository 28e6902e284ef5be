/** The model's bytes -> text and one end. */
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { FinishReason, ModelEvent, Usage } from "../turn/types";
import { parseReply, type Reply, readReply } from "./reply";

/** A whole reply as the events of a stream. */
export function* eventsOfReply(value: unknown): Generator<ModelEvent> {
  const reply = readReply(value);
  if (!reply) return yield { type: "failed", failure: { reason: "model_reply_malformed" } };
  if (reply.text === "") return yield { type: "failed", failure: { reason: "model_reply_empty" } };
  yield { type: "text", text: reply.text };
  yield { type: "end", finishReason: reply.finishReason ?? "stop", usage: reply.usage };
}

/**
 * Server-sent events, split anywhere, as text and one end. A stream that stops with neither `[DONE]` nor a finish
 * reason was cut off; one that turns out to be plain JSON is read as a whole reply.
 *
 * @param stallMs the longest wait for more text, in milliseconds; comments and empty chunks are none
 * @param signal cancels the stream and ends the events
 */
export async function* readModelStream(
  bytes: ReadableStream<Uint8Array>,
  stallMs: number,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const watched = watch(bytes, stallMs, signal);
  let usage: Usage | undefined;
  let finishReason: FinishReason | undefined;
  let done = false;
  let said = false;
  const json: string[] = [];
  const reader = watched.stream
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(keepJson(json))
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    while (!done) {
      const { value: event, done: closed } = await reader.read();
      if (closed) break;
      if (event.data === "[DONE]") {
        done = true;
        break;
      }
      const reply: Reply | null = parseReply(event.data);
      if (!reply) return yield { type: "failed", failure: { reason: "model_reply_malformed" } };
      usage = reply.usage ?? usage;
      finishReason = reply.finishReason ?? finishReason;
      if (reply.text === "") continue;
      said = true;
      watched.touch();
      yield { type: "text", text: reply.text };
    }
  } catch {
    if (signal.aborted) return;
    return yield { type: "failed", failure: { reason: watched.stalled() ? "model_stalled" : "model_interrupted" } };
  } finally {
    watched.stop();
    await reader.cancel().catch(() => {});
  }
  if (json.length > 0) return yield* eventsOfReply(tryJson(json.join("")));
  if (!done && finishReason === undefined) return yield { type: "failed", failure: { reason: "model_interrupted" } };
  if (!said) return yield { type: "failed", failure: { reason: "model_reply_empty" } };
  yield { type: "end", finishReason: finishReason ?? "stop", usage };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Takes a body that begins with a brace out of the way of the event parser, whole. */
function keepJson(into: string[]): TransformStream<string, string> {
  let start = true;
  return new TransformStream({
    transform(text, controller) {
      if (start && text.trim() === "") return;
      if (start && text.trimStart().startsWith("{")) into.push("");
      start = false;
      if (into.length > 0) into.push(text);
      else controller.enqueue(text);
    },
  });
}

/** The same bytes, broken off when nothing has touched them for too long, or when the signal says so. */
function watch(bytes: ReadableStream<Uint8Array>, stallMs: number, signal: AbortSignal) {
  const source = bytes.getReader();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  let stalled = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const touch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      broken.reject(new Error("stalled"));
    }, stallMs);
  };
  touch();
  const abort = () => broken.reject(new Error("aborted"));
  const stop = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    source.cancel().catch(() => {});
  };
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await Promise.race([source.read(), broken.promise]);
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, stop, touch, stalled: () => stalled };
}
