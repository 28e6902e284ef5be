/** The model's bytes -> text and one end, in one loop. */
import { createParser } from "eventsource-parser";
import type { AnswerPart } from "../turn/ports";
import { type Failure, failed, type Result } from "../turn/result";
import { Answer, type ReplyEnd, type Request } from "./answer";
import { isObject, parsed } from "./json";
import { readReply } from "./reply";

export interface StreamOptions {
  /** The longest wait for more bytes, in milliseconds. */
  stallMs: number;
  /** The longest time for the whole stream, in milliseconds. */
  streamMs: number;
  /** Ends the reading. */
  signal: AbortSignal;
  onPart: (part: AnswerPart) => void;
  request: Request;
}

/** Milliseconds between two batches of text: a reader does not notice finer steps. */
const BATCH_MS = 40;

const DONE = /\ndata: ?\[DONE\]\s*$/;

/** A stream as far as it has been read. */
class Progress {
  readonly answer: Answer;
  failure: Failure | undefined;
  /** Whether `[DONE]` came. */
  done = false;
  heardAt = Date.now();

  constructor(request: Request) {
    this.answer = new Answer(request);
  }

  /** Reads an event. Those that are no JSON object, such as pings and padding, are skipped. */
  event(data: string, name?: string): void {
    if (this.over || data.trim() === "") return;
    if (data.trim() === "[DONE]") {
      this.done = true;
      return;
    }
    const value = parsed(data);
    if (value === undefined || name === "error") this.fail();
    else if (isObject(value)) this.reply(value);
  }

  reply(value: Record<string, unknown>): void {
    const reply = readReply(value);
    if (!reply || !this.answer.add(reply)) this.fail();
  }

  fail(): void {
    this.failure = { reason: "model_reply_malformed" };
  }

  get over(): boolean {
    return this.done || this.answer.full || this.failure !== undefined;
  }

  /** @param broken why the bytes ended, where they did not end by themselves */
  end(broken: Failure | undefined): Result<ReplyEnd> {
    const isWhole = this.done || this.answer.full || this.answer.finishReason !== undefined;
    const failure = this.failure ?? (isWhole ? undefined : (broken ?? { reason: "model_interrupted" }));
    if (!failure) return this.answer.end();
    this.answer.breakOff();
    return failed(failure);
  }
}

/** Bytes -> events -> progress, a batch at a time. */
class Reading {
  readonly progress: Progress;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({ onEvent: ({ data, event }) => this.progress.event(data, event) });
  #chunks: Uint8Array[] = [];
  /** A body that begins with a brace is no events. */
  #json: string | undefined;
  #begun = false;
  /** The last characters, for an end that has no blank line behind it. */
  #tail = "\n";

  constructor(request: Request) {
    this.progress = new Progress(request);
  }

  add(chunk: Uint8Array): void {
    // Everything that arrives is a sign of life: comments, pings, reasoning.
    this.progress.heardAt = Date.now();
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
    const value = parsed(this.#json);
    if (isObject(value)) this.progress.reply(value);
    else this.progress.fail();
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
  { stallMs, streamMs, signal, onPart, request }: StreamOptions,
): Promise<Result<ReplyEnd>> {
  const reading = new Reading(request);
  const { progress } = reading;
  const reader = bytes.getReader();
  const stop = () => reader.cancel().catch(() => {});
  const watch = watchFor(stallMs, streamMs, progress, stop);
  signal.addEventListener("abort", stop);
  let emittedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let crash: { error: unknown } | undefined;
  const emit = () => {
    timer = null;
    try {
      reading.drain();
      const parts = progress.answer.take();
      if (parts.length === 0) return;
      emittedAt = Date.now();
      for (const part of parts) onPart(part);
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
  const end = progress.end(watch.failure() ?? broken);
  // Text that was held back, because it might have been a call.
  for (const part of progress.answer.take()) onPart(part);
  return end;
}

/** Stops a reading in which nothing arrives for too long, or which takes too long in all. One timer, not one a token. */
function watchFor(stallMs: number, streamMs: number, progress: Progress, stop: () => void) {
  const startedAt = Date.now();
  let failure: Failure | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const left = Math.min(progress.heardAt + stallMs, startedAt + streamMs) - Date.now();
    if (left > 0) {
      timer = setTimeout(look, left);
      return;
    }
    failure = { reason: Date.now() >= startedAt + streamMs ? "model_timeout" : "model_stalled" };
    stop();
  };
  timer = setTimeout(look, Math.min(stallMs, streamMs));
  return { failure: () => failure, stop: () => clearTimeout(timer) };
}
