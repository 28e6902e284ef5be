/** The model's bytes -> text and one end, in one loop. */
import { createParser } from "eventsource-parser";
import { MAX_ANSWER } from "../limits";
import type { ModelEnd } from "../turn/ports";
import { type Failure, failed, type Result } from "../turn/result";
import type { FinishReason, Usage } from "../turn/types";
import { Calls } from "./calls";
import type { Wanted } from "./catalogue";
import { ended } from "./check-reply";
import { parseReply, type Reply } from "./reply";

export interface StreamOptions {
  /** The longest wait for more text, in milliseconds; comments and empty chunks are none. */
  stallMs: number;
  /** The longest time for the whole stream, in milliseconds. */
  streamMs: number;
  /** Ends the reading. */
  signal: AbortSignal;
  onText: (text: string) => void;
  /** What the model was asked for. */
  wanted: Wanted;
}

/** Milliseconds between two batches of text: a reader does not notice finer steps. */
const BATCH_MS = 40;

const DONE = /\ndata: ?\[DONE\]\s*$/;

/** What a stream has come to so far. */
class Progress {
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
  failure: Failure | undefined;
  /** Whether `[DONE]` came. */
  done = false;
  characters = 0;
  heardAt = Date.now();
  readonly #calls = new Calls();
  readonly #wanted: Wanted;
  #text = "";

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** What was said since this was last asked. */
  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  event(data: string): void {
    if (this.over) return;
    if (data === "[DONE]") this.done = true;
    else this.reply(parseReply(data));
  }

  reply(reply: Reply | null): void {
    if (!reply) {
      this.failure = { reason: "model_reply_malformed" };
      return;
    }
    this.usage = reply.usage ?? this.usage;
    this.finishReason = reply.finishReason ?? this.finishReason;
    if (!this.#calls.add(reply.calls)) this.failure = { reason: "model_reply_malformed" };
    // Empty parts are no sign of life: a server could send them for ever.
    if (reply.calls.some((part) => part.name !== "" || part.arguments !== "")) this.heardAt = Date.now();
    const text = reply.text.slice(0, MAX_ANSWER - this.characters);
    if (text.length < reply.text.length) {
      this.finishReason = "length";
      this.done = true;
    }
    if (text === "") return;
    this.characters += text.length;
    this.heardAt = Date.now();
    this.#text += text;
  }

  get over(): boolean {
    return this.done || this.failure !== undefined;
  }

  /** @param broken why the bytes ended, where they did not end by themselves */
  end(broken: Failure | undefined): Result<ModelEnd> {
    if (this.failure) return failed(this.failure);
    const { finishReason, usage } = this;
    if (!this.done && finishReason === undefined) return failed(broken ?? { reason: "model_interrupted" });
    const said = this.characters > 0;
    return ended(said, this.#calls, { finishReason: finishReason ?? "stop", usage }, this.#wanted);
  }
}

/** Bytes -> events -> progress, a batch at a time. */
class Reading {
  readonly progress: Progress;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: ({ data }) => this.progress.event(data) });
  #chunks: Uint8Array[] = [];
  /** A body that begins with a brace is no events. */
  #json: string | undefined;
  #begun = false;
  /** The last characters, for an end that has no blank line behind it. */
  #tail = "\n";

  constructor(wanted: Wanted) {
    this.progress = new Progress(wanted);
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** Reads what was added. */
  drain(): void {
    let text = "";
    for (const chunk of this.#chunks) text += this.#decoder.decode(chunk, { stream: true });
    this.#chunks = [];
    if (!this.#begun && text.trim() !== "") {
      this.#begun = true;
      if (text.trimStart().startsWith("{")) this.#json = "";
    }
    if (this.#json !== undefined) this.#json += text;
    else if (this.#begun) this.#parser.feed(text);
    this.#tail = (this.#tail + text).slice(-20);
    if (DONE.test(this.#tail)) this.progress.done = true;
  }

  /** There is no more to add. */
  close(): void {
    this.drain();
    if (this.#json === undefined) return;
    this.progress.reply(parseReply(this.#json));
    this.progress.done = true;
  }
}

/**
 * Reads server-sent events, split anywhere. A stream that stops with neither `[DONE]` nor a finish reason was cut off;
 * one that breaks after its finish reason was whole; one that turns out to be plain JSON is read as a whole reply.
 *
 * The first text is emitted at once, then what has come every {@link BATCH_MS}: a token costs only its read.
 */
export async function readModelStream(
  bytes: ReadableStream<Uint8Array>,
  { stallMs, streamMs, signal, onText, wanted }: StreamOptions,
): Promise<Result<ModelEnd>> {
  const reading = new Reading(wanted);
  const { progress } = reading;
  const reader = bytes.getReader();
  const stop = () => reader.cancel().catch(() => {});
  const watch = watchFor({ stallMs, streamMs }, progress, stop);
  signal.addEventListener("abort", stop);
  let emittedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let crash: { error: unknown } | undefined;
  const emit = () => {
    timer = null;
    try {
      reading.drain();
      const text = progress.take();
      if (text === "") return;
      emittedAt = Date.now();
      onText(text);
    } catch (error) {
      crash = { error };
    } finally {
      if (progress.over || crash) stop();
    }
  };
  let broken: Failure | undefined;
  try {
    while (!progress.over && !crash && !signal.aborted) {
      const { value, done } = await reader.read();
      if (done) break;
      reading.add(value);
      const wait = emittedAt + BATCH_MS - Date.now();
      if (wait <= 0) emit();
      else timer ??= setTimeout(emit, wait);
    }
  } catch {
    broken = { reason: "model_interrupted" };
  } finally {
    clearTimeout(timer);
    watch.stop();
    signal.removeEventListener("abort", stop);
    stop();
  }
  if (!broken && !progress.over) reading.close();
  emit();
  if (crash) throw crash.error;
  if (signal.aborted) broken = { reason: "turn_cancelled" };
  return progress.end(watch.failure() ?? broken);
}

/** Stops a reading that hears nothing or takes too long. One timer for all of it, not one for each token. */
function watchFor(
  { stallMs, streamMs }: Pick<StreamOptions, "stallMs" | "streamMs">,
  progress: Progress,
  stop: () => void,
) {
  const end = Date.now() + streamMs;
  let failure: Failure | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const now = Date.now();
    const stalls = progress.heardAt + stallMs;
    if (now < Math.min(stalls, end)) {
      timer = setTimeout(look, Math.min(stalls, end) - now);
      return;
    }
    failure = { reason: now >= end ? "model_timeout" : "model_stalled" };
    stop();
  };
  timer = setTimeout(look, Math.min(stallMs, streamMs));
  return { failure: () => failure, stop: () => clearTimeout(timer) };
}
