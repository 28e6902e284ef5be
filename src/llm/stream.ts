/** Reads a model's stream: bytes in, parts of text and one end out. */
import type { AnswerPart } from "../turn/ports";
import { type Failure, failed, type Result } from "../turn/result";
import { Answer, type ReplyEnd, type Request } from "./answer";
import { type Fields, isObject, parsed } from "./json";
import { readReply } from "./reply";
import { SseEvents } from "./sse-events";

export interface StreamOptions {
  /** Maximum wait for more bytes, in milliseconds. */
  stallMs: number;
  /** Maximum time for the whole stream, in milliseconds. */
  streamMs: number;
  /** Cancels reading. */
  signal: AbortSignal;
  onPart: (part: AnswerPart) => void;
  request: Request;
}

/** Milliseconds between two batches of text. People do not notice smaller steps. */
const BATCH_MS = 40;
/** After a read that took fewer milliseconds, more bytes may be there already. */
const WAITED_MS = 2;

/** Decodes bytes to events, one batch at a time, and adds them to an answer. */
class Reading {
  readonly answer: Answer;
  heardAt = Date.now();
  #failure: Failure | undefined;
  /** True after `[DONE]`. */
  #done = false;
  readonly #decoder = new TextDecoder();
  readonly #events = new SseEvents((...event) => this.#event(...event));
  #chunks: Uint8Array[] = [];
  /** The first character, except spaces. A brace begins plain JSON instead of events. */
  #first: string | undefined;
  #json = "";

  constructor(request: Request) {
    this.answer = new Answer(request);
  }

  get over(): boolean {
    return this.#done || this.answer.full || this.#failure !== undefined;
  }

  add(chunk: Uint8Array): void {
    // All bytes reset the stall timer, including comments, pings and reasoning.
    this.heardAt = Date.now();
    this.#chunks.push(chunk);
  }

  /** Reads the added chunks. */
  drain(): void {
    let text = "";
    for (const chunk of this.#chunks) text += this.#decoder.decode(chunk, { stream: true });
    this.#chunks = [];
    this.#first ??= /\S/.exec(text)?.[0];
    if (this.#first === "{") this.#json += text;
    else if (this.#first) this.#events.feed(text);
  }

  /** Reads the rest after the last chunk. */
  close(): void {
    this.drain();
    if (this.#first === "{") {
      const value = parsed(this.#json);
      if (isObject(value)) this.#reply(value);
      else this.#fail();
      this.#done = true;
    } else {
      // The last line may have no end.
      this.#events.feed("\n");
    }
  }

  /** @param broken the reason, if the stream broke off */
  end(broken: Failure | undefined): Result<ReplyEnd> {
    const isWhole = this.#done || this.answer.full || this.answer.finishReason !== undefined;
    const failure = this.#failure ?? (isWhole ? undefined : (broken ?? { reason: "model_interrupted" }));
    if (!failure) return this.answer.end();
    this.answer.breakOff();
    return failed(failure);
  }

  /** Reads an event. Skips JSON other than objects, such as pings and padding. */
  #event(data: string, name: string, ended: boolean): boolean {
    const text = data.trim();
    if (text === "[DONE]") this.#done = true;
    if (this.over || text === "") return true;
    const value = parsed(text);
    if (name === "error" || (ended && value === undefined)) this.#fail();
    else if (isObject(value)) this.#reply(value);
    return value !== undefined;
  }

  #reply(value: Fields): void {
    const reply = readReply(value);
    if (!reply || !this.answer.add(reply)) this.#fail();
  }

  #fail(): void {
    this.#failure = { reason: "model_reply_malformed" };
  }
}

/**
 * Reads server-sent events; chunks may split them anywhere. A stream is interrupted if it ends without `[DONE]` and
 * without a finish reason, and complete if it breaks after its finish reason. Plain JSON is read as a whole reply.
 *
 * Emits the first text at once and later text every {@link BATCH_MS}. Between two batches it does not wait for bytes:
 * waking up for each token costs more than the token.
 */
export async function readModelStream(
  bytes: ReadableStream<Uint8Array>,
  { stallMs, streamMs, signal, onPart, request }: StreamOptions,
): Promise<Result<ReplyEnd>> {
  const reading = new Reading(request);
  const reader = bytes.getReader();
  const stop = () => reader.cancel().catch(() => {});
  const closed = reader.closed.catch(() => {});
  const watch = watchFor(stallMs, streamMs, reading, stop);
  signal.addEventListener("abort", stop);
  let emittedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let crash: { error: unknown } | undefined;
  const emit = () => {
    clearTimeout(timer);
    timer = null;
    try {
      reading.drain();
      const parts = reading.answer.take();
      if (parts.length === 0) return;
      emittedAt = Date.now();
      for (const part of parts) onPart(part);
    } catch (error) {
      crash = { error };
    } finally {
      if (reading.over || crash) stop();
    }
  };
  let broken: Failure | undefined;
  try {
    while (!reading.over && !crash && !signal.aborted) {
      const askedAt = Date.now();
      const { value, done } = await reader.read();
      if (done) break;
      reading.add(value);
      const wait = emittedAt + BATCH_MS - Date.now();
      if (wait <= 0) emit();
      else {
        // The next read comes first, unless it has to wait.
        timer ??= setTimeout(emit, wait + WAITED_MS);
        if (Date.now() - askedAt < WAITED_MS) continue;
        // Not reading is no stall. An abort ends the pause: it closes the reader.
        reading.heardAt += wait;
        await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), closed]);
      }
    }
  } catch {
    broken = { reason: "model_interrupted" };
  } finally {
    clearTimeout(timer);
    watch.stop();
    signal.removeEventListener("abort", stop);
    stop();
  }
  // After a stall or a cancellation, the body is incomplete: reading the rest would call it malformed.
  if (!broken && !reading.over && !signal.aborted && !watch.failure()) reading.close();
  emit();
  if (crash) throw crash.error;
  if (signal.aborted) broken = { reason: "turn_cancelled" };
  const end = reading.end(watch.failure() ?? broken);
  // Emits text that was held back because it looked like a function call.
  for (const part of reading.answer.take()) onPart(part);
  return end;
}

/** Stops reading after a pause or a total time above the limit. Uses one timer, not one per token. */
function watchFor(stallMs: number, streamMs: number, reading: Reading, stop: () => void) {
  const startedAt = Date.now();
  let failure: Failure | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const left = Math.min(reading.heardAt + stallMs, startedAt + streamMs) - Date.now();
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
