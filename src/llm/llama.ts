/** A Llama behind the AI binding: time limit, retry, fallback, and every shape of its replies. */
import { log } from "../log";
import type { Completion, Model, ModelCall, ModelStream } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import { type AiBinding, type AiOptions, type ChatInputs, cancelOptions } from "./binding";
import { windowOf } from "./catalogue";
import { isChecked } from "./check-reply";
import { errorIn, type ModelError, messageOf, modelError } from "./errors";
import { inputsOf } from "./inputs";
import { causeOf } from "./log-cause";
import { readReply, wholeReply } from "./reply";
import { readModelStream } from "./stream";

/** How a Llama is called, as the settings say. */
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
  /** Milliseconds for a whole stream; {@link STREAM_MS} where a Worker of 2.0.0 asks. */
  streamMs?: number | undefined;
  /** The id of an AI Gateway; empty for none. */
  gateway: string;
}

/** The default of `MODEL_STREAM_MS`: 4,096 tokens, the longest reply, at 7 a second. */
const STREAM_MS = 600_000;
const TRIES = 3;
/** Mean wait before the second try, in milliseconds; it doubles for the third. */
const RETRY_MS = 100;
/** What of a prompt is kept when the model finds it too long. */
const SHRINK = 0.6;

export class Llama implements Model {
  readonly #ai: AiBinding;
  readonly #options: LlamaOptions;
  readonly #affinity: string | undefined;

  /**
   * @param affinity the same text for all calls of a session, in which nobody can read its name: it keeps them on one
   * machine, whose prefix cache knows the prompt's head
   */
  constructor(ai: AiBinding, options: LlamaOptions, affinity?: string) {
    this.#ai = ai;
    this.#options = options;
    this.#affinity = affinity;
  }

  get window(): number {
    return this.#window(this.#options.model);
  }

  complete(call: ModelCall, signal: AbortSignal): Promise<Result<Completion>> {
    return this.#run(call, signal, false, (value, model) => {
      const reply = wholeReply(readReply(value), call);
      return reply.ok ? ok({ ...reply.value, model }) : reply;
    });
  }

  async stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>> {
    if (isChecked(call)) {
      const whole = await this.complete(call, signal);
      return whole.ok ? ok(atOnce(whole.value)) : whole;
    }
    const { stallMs, streamMs = STREAM_MS } = this.#options;
    return this.#run(call, signal, true, (value, model, limit) => {
      if (value instanceof ReadableStream) {
        limit.keep();
        return ok({
          model,
          read: (onText) =>
            readModelStream(value, { stallMs, streamMs, signal, onText, wanted: call }).finally(() => limit.release()),
        });
      }
      // Some models answer a request for a stream with a whole reply.
      const reply = wholeReply(readReply(value), call);
      return reply.ok ? ok(atOnce({ ...reply.value, model })) : reply;
    });
  }

  /** Tries the models in order, each as often as its errors say; a reply that is not what was asked for, once more. */
  async #run<T>(
    call: ModelCall,
    signal: AbortSignal,
    stream: boolean,
    read: (value: unknown, model: string, limit: TimeLimit) => Result<T>,
  ): Promise<Result<T>> {
    const { model, fallbackModel, timeoutMs } = this.#options;
    const limit = new TimeLimit(timeoutMs, signal);
    let result: Result<T> = failed({ reason: "model_busy" });
    let misfit = false;
    try {
      for (const candidate of fallbackModel ? [model, fallbackModel] : [model]) {
        let window = this.#window(candidate);
        let shrunk = false;
        for (let attempt = 1; attempt <= TRIES; attempt += 1) {
          const prompt = call.prompt(window);
          if (!prompt) return candidate === model || shrunk ? failed({ reason: "prompt_too_long" }) : result;
          const inputs = inputsOf(prompt, call, stream);
          const outcome = await this.#once(candidate, inputs, limit);
          if (outcome === "stopped") return failed({ reason: signal.aborted ? "turn_cancelled" : "model_timeout" });
          result = "value" in outcome ? read(outcome.value, candidate, limit) : failed(outcome.failure);
          if (result.ok) return result;
          const cause = "value" in outcome ? result.failure.reason : outcome.cause;
          log("warn", "model_error", { model: candidate, attempt, cause });
          const remedy = "value" in outcome ? (isChecked(call) ? "once" : "stop") : outcome.remedy;
          if (remedy === "stop" || (remedy === "once" && misfit)) return result;
          if (remedy === "fallback") break;
          if (remedy === "once") misfit = true;
          if (remedy === "shrink") {
            if (shrunk) return result;
            shrunk = true;
            window = Math.floor(prompt.tokens * SHRINK) + prompt.maxTokens;
          } else if (remedy === "again" && attempt < TRIES) {
            await Promise.race([pause(Math.random() * 2 * RETRY_MS * attempt), limit.stopped]);
          }
        }
      }
      return result;
    } finally {
      limit.end();
    }
  }

  async #once(
    model: string,
    inputs: ChatInputs,
    limit: TimeLimit,
  ): Promise<{ value: unknown } | ModelError | "stopped"> {
    if (limit.signal.aborted) return "stopped";
    try {
      const call = this.#ai.run(model, inputs, this.#callOptions(limit)).then((value) => ({ value }));
      const first = await Promise.race([call, limit.stopped]);
      // A reply that comes too late is to stop.
      if (first === "stopped") call.then(({ value }) => cancel(value)).catch(() => {});
      const returned = first === "stopped" ? undefined : errorIn(first.value);
      if (returned === undefined) return first;
      return limit.signal.aborted ? "stopped" : modelError(returned, model);
    } catch (error) {
      return limit.signal.aborted ? "stopped" : modelError(causeOf(messageOf(error)), model);
    }
  }

  #callOptions(limit: TimeLimit): AiOptions {
    const { gateway } = this.#options;
    return {
      ...cancelOptions(this.#ai, limit.signal, limit.released),
      ...(this.#affinity !== undefined && { extraHeaders: { "x-session-affinity": this.#affinity } }),
      ...(gateway && { gateway: { id: gateway } }),
    };
  }

  #window(model: string): number {
    return windowOf(model) ?? this.#options.unknownWindow;
  }
}

/** A whole answer, read as a stream is. */
const atOnce = ({ model, text, ...end }: Completion): ModelStream => ({
  model,
  read: async (onText) => {
    onText(text);
    return ok(end);
  },
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function cancel(value: unknown): Promise<void> {
  if (value instanceof ReadableStream) await value.cancel();
}

/** Aborts a call that takes too long, or that nobody waits for any more. */
class TimeLimit {
  readonly #controller = new AbortController();
  readonly #stopped = Promise.withResolvers<"stopped">();
  readonly #released = Promise.withResolvers<void>();
  readonly #timer: ReturnType<typeof setTimeout>;
  #kept = false;

  constructor(ms: number, outer: AbortSignal) {
    const stop = () => {
      this.#controller.abort();
      this.#stopped.resolve("stopped");
      this.release();
    };
    this.#timer = setTimeout(stop, ms);
    if (outer.aborted) stop();
    else outer.addEventListener("abort", stop);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopped(): Promise<"stopped"> {
    return this.#stopped.promise;
  }

  /** Resolves when nothing of the call is left. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  /** The call goes on as a stream: {@link release} when that is read. */
  keep(): void {
    this.#kept = true;
  }

  /** There is no more need to hurry. */
  end(): void {
    clearTimeout(this.#timer);
    if (!this.#kept) this.release();
  }

  release(): void {
    this.#released.resolve();
  }
}
