/** A Llama behind the AI binding: time limit, retry, fallback, and every shape of its replies. */

import { estimatePrompt } from "../turn/tokens";
import {
  type Completion,
  failed,
  type Model,
  type ModelCall,
  type ModelStream,
  ok,
  type PromptMessage,
  type Result,
} from "../turn/types";
import { windowOf } from "./catalogue";
import { type ModelError, modelError } from "./errors";
import { readReply } from "./reply";
import { eventsOfReply, readModelStream } from "./stream";

export interface AiInputs {
  messages: PromptMessage[];
  max_tokens: number;
  temperature?: number;
  stream?: boolean;
}

/** What this project uses of `env.AI`: Workers AI, or what stands in for it. */
export interface AiBinding {
  /** @throws an error whose message starts with `<code>: `, see failures.ts */
  run(model: string, inputs: AiInputs, options?: { extraHeaders: Record<string, string> }): Promise<unknown>;
}

export interface LlamaOptions {
  model: string;
  /** Empty for none. */
  fallbackModel: string;
  /** The window of a model that the catalogue does not know, in tokens. */
  unknownWindow: number;
  /** Milliseconds for the whole call, retries included; of a stream, until it begins. */
  timeoutMs: number;
  /** Milliseconds that a stream may pause. */
  stallMs: number;
  /** Keeps the calls of one session on one machine, whose prefix cache knows the prompt's head. */
  affinity: string;
}

const TRIES = 3;
/** Mean wait before the second try, in milliseconds; it doubles for the third. */
const RETRY_MS = 100;
/** What of a prompt is kept when the model finds it too long. */
const SHRINK = 0.6;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class Llama implements Model {
  readonly #ai: AiBinding;
  readonly #options: LlamaOptions;

  constructor(ai: AiBinding, options: LlamaOptions) {
    this.#ai = ai;
    this.#options = options;
  }

  get window(): number {
    return this.#window(this.#options.model);
  }

  complete(call: ModelCall): Promise<Result<Completion>> {
    return this.#run(call, false, (value, model) => {
      const reply = readReply(value);
      if (!reply) return failed({ reason: "model_reply_malformed" });
      if (reply.text === "") return failed({ reason: "model_reply_empty" });
      const { text, finishReason = "stop", usage } = reply;
      return ok({ text, model, finishReason, usage });
    });
  }

  stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>> {
    return this.#run(call, true, (value, model) =>
      ok({
        model,
        events:
          value instanceof ReadableStream
            ? readModelStream(value, this.#options.stallMs, signal)
            : asyncOf(eventsOfReply(value)),
      }),
    );
  }

  /** Tries the models in order, each as often as its errors say. */
  async #run<T>(
    call: ModelCall,
    stream: boolean,
    read: (value: unknown, model: string) => Result<T>,
  ): Promise<Result<T>> {
    const { model, fallbackModel, timeoutMs } = this.#options;
    const limit = timeLimit(timeoutMs);
    let result: Result<T> = failed({ reason: "model_busy" });
    try {
      for (const candidate of fallbackModel ? [model, fallbackModel] : [model]) {
        let window = this.#window(candidate);
        let shrunk = false;
        for (let attempt = 1; attempt <= TRIES; attempt += 1) {
          const messages = call.prompt(window);
          if (!messages) return candidate === model || shrunk ? failed({ reason: "prompt_too_long" }) : result;
          const inputs: AiInputs = {
            messages,
            max_tokens: call.maxTokens,
            ...(call.temperature !== undefined && { temperature: call.temperature }),
            ...(stream && { stream }),
          };
          const outcome = await this.#once(candidate, inputs, limit.expired);
          if (outcome === "timeout") return failed({ reason: "model_timeout" });
          if ("value" in outcome) return read(outcome.value, candidate);
          console.warn(JSON.stringify({ event: "model_error", model: candidate, attempt, cause: outcome.cause }));
          result = failed(outcome.failure);
          if (outcome.remedy === "stop") return result;
          if (outcome.remedy === "fallback") break;
          if (outcome.remedy === "shrink") {
            if (shrunk) return result;
            shrunk = true;
            window = Math.floor(estimatePrompt(messages) * SHRINK) + call.maxTokens;
          } else if (attempt < TRIES) {
            const pause = wait(Math.random() * 2 * RETRY_MS * attempt);
            if ((await Promise.race([pause, limit.expired])) === "timeout") return failed({ reason: "model_timeout" });
          }
        }
      }
      return result;
    } finally {
      limit.clear();
    }
  }

  async #once(
    model: string,
    inputs: AiInputs,
    expired: Promise<"timeout">,
  ): Promise<{ value: unknown } | ModelError | "timeout"> {
    try {
      const call = this.#ai
        .run(model, inputs, { extraHeaders: { "x-session-affinity": this.#options.affinity } })
        .then((value) => ({ value }));
      const first = await Promise.race([call, expired]);
      if (first === "timeout") call.then(({ value }) => drop(value)).catch(() => {});
      return first;
    } catch (error) {
      return modelError(error, model);
    }
  }

  #window(model: string): number {
    return windowOf(model) ?? this.#options.unknownWindow;
  }
}

/** A reply that came too late: a stream is to stop. */
async function drop(value: unknown): Promise<void> {
  if (value instanceof ReadableStream) await value.cancel();
}

function timeLimit(ms: number) {
  const { promise, resolve } = Promise.withResolvers<"timeout">();
  const timer = setTimeout(() => resolve("timeout"), ms);
  return { expired: promise, clear: () => clearTimeout(timer) };
}

async function* asyncOf<T>(events: Iterable<T>): AsyncGenerator<T> {
  yield* events;
}
