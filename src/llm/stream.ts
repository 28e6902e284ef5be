/** The model's bytes -> text and one end, in one loop. */
import { createParser } from "eventsource-parser";
import { MAX_ANSWER } from "../limits";
import type { ModelEnd } from "../turn/ports";
import { type Failure, failed, ok, type Result } from "../turn/result";
import type { FinishReason, Usage } from "../turn/types";
import { parseReply, type Reply } from "./reply";

export interface StreamOptions {
  /** The longest wait for more text, in milliseconds; comments and empty chunks are none. */
  stallMs: number;
  /** Ends the reading. */
  signal: AbortSignal;
  onText: (text: string) => void;
}

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
  #text = "";

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
    if (this.characters === 0) return failed({ reason: "model_reply_empty" });
    return ok({ finishReason: finishReason ?? "stop", usage });
  }
}

/**
 * Reads server-sent events, split anywhere. A stream that stops with neither `[DONE]` nor a finish reason was cut off;
 * one that breaks after its finish reason was whole; one that turns out to be plain JSON is read as a whole reply.
 */
export async function readModelStream(
  bytes: ReadableStream<Uint8Array>,
  { stallMs, signal, onText }: StreamOptions,
): Promise<Result<ModelEnd>> {
  const progress = new Progress();
  const reader = bytes.getReader();
  const stop = () => reader.cancel().catch(() => {});
  const watch = watchFor(stallMs, progress, stop);
  signal.addEventListener("abort", stop);
  try {
    const broken = await readAll(reader, progress, signal, onText);
    if (signal.aborted) return progress.end({ reason: "turn_cancelled" });
    return progress.end(watch.stalled() ? { reason: "model_stalled" } : broken);
  } finally {
    watch.stop();
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** Reads until there is nothing more to come. @returns why the bytes broke off, where they did */
async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  progress: Progress,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<Failure | undefined> {
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent: ({ data }) => progress.event(data) });
  /** A body that begins with a brace is no events. */
  let json: string | undefined;
  let begun = false;
  /** The last characters, for an end that has no blank line behind it. */
  let tail = "\n";
  while (!progress.over && !signal.aborted) {
    let chunk: ReadableStreamReadResult<Uint8Array>;
    try {
      chunk = await reader.read();
    } catch {
      return { reason: "model_interrupted" };
    }
    const text = chunk.done ? decoder.decode() : decoder.decode(chunk.value, { stream: true });
    if (!begun && text.trim() !== "") {
      begun = true;
      if (text.trimStart().startsWith("{")) json = "";
    }
    if (json !== undefined) json += text;
    else if (begun) parser.feed(text);
    tail = (tail + text).slice(-20);
    if (DONE.test(tail)) progress.done = true;
    if (chunk.done && json !== undefined) {
      progress.reply(parseReply(json));
      progress.done = true;
    }
    const said = progress.take();
    if (said !== "") onText(said);
    if (chunk.done) return undefined;
  }
  return undefined;
}

/** Stops a reading in which nothing was heard for too long. One timer for all of it, not one for each token. */
function watchFor(stallMs: number, progress: Progress, stop: () => void) {
  let stalled = false;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const left = progress.heardAt + stallMs - Date.now();
    if (left > 0) {
      timer = setTimeout(look, left);
      return;
    }
    stalled = true;
    stop();
  };
  timer = setTimeout(look, stallMs);
  return { stalled: () => stalled, stop: () => clearTimeout(timer) };
}
