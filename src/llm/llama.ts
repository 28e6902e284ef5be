/** A Llama behind the AI binding: time limit, retry, fallback, and every shape of its replies. */
import { log } from "../log";
import type { Completion, FittedPrompt, Model, ModelCall, ModelStream } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import { type Request, type WholeAnswer, wholeAnswer } from "./answer";
import { type AiBinding, type AiOptions, type ChatInputs, cancelOptions } from "./binding";
import { windowOf } from "./catalogue";
import { isChecked } from "./check-reply";
import { errorIn, type ModelError, messageOf, modelError } from "./errors";
import { inputsOf } from "./inputs";
import { lacksOf, rememberLacks } from "./lacks";
import { causeOf } from "./log-cause";
import { readModelStream } from "./stream";
import { TimeLimit } from "./time-limit";
import { usageOf } from "./usage";

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
/** Replies that one request may cost: one that is not as asked for is asked for once more. */
const MAX_REPLIES = 2;
/** Mean wait before the second try, in milliseconds; it doubles for the third. */
const RETRY_MS = 100;
/** What of a prompt is kept when the model finds it too long. */
const SHRINK = 0.6;

/** A reply of a model, and what it was asked. */
interface Replied {
  value: unknown;
  model: string;
  request: Request;
  promptTokens: number;
}

/** A model does not always give what was asked for: whether it is asked once more then. */
const isAskedAgain = (call: ModelCall) => isChecked(call) || call.tools?.list.some(({ strict }) => strict) === true;

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

  complete(call: ModelCall, signal: AbortSignal, replies = MAX_REPLIES): Promise<Result<Completion>> {
    return this.#run(call, signal, { stream: false, replies }, completionOf);
  }

  async stream(call: ModelCall, signal: AbortSignal): Promise<Result<ModelStream>> {
    if (isChecked(call)) {
      const whole = await this.complete(call, signal);
      return whole.ok ? ok(atOnce(whole.value)) : whole;
    }
    return this.#run(call, signal, { stream: true, replies: MAX_REPLIES }, (replied, limit) => {
      const { value, model } = replied;
      if (value instanceof ReadableStream) {
        limit.keep();
        return ok({ model, read: (onPart) => this.#read(value, replied, { call, signal, limit, onPart }) });
      }
      // Some models answer a request for a stream with a whole reply.
      const reply = completionOf(replied);
      return reply.ok ? ok(atOnce(reply.value)) : reply;
    });
  }

  /** Reads a stream. Calls that are not as their tool insists are asked for once more, where nothing was said before. */
  async #read(
    bytes: ReadableStream<Uint8Array>,
    { request, promptTokens }: Replied,
    { call, signal, limit, onPart }: Reading,
  ): ReturnType<ModelStream["read"]> {
    const { stallMs, streamMs = STREAM_MS } = this.#options;
    let said = "";
    let answered = false;
    const listen: typeof onPart = (part) => {
      said += part.text;
      answered ||= part.kind !== "reasoning";
      onPart(part);
    };
    const options = { stallMs, streamMs, signal, onPart: listen, request };
    const end = await readModelStream(bytes, options).finally(() => limit.release());
    if (end.ok) return ok({ ...end.value, usage: usageOf(end.value.usage, promptTokens, said + callsOf(end.value)) });
    if (end.failure.reason !== "model_reply_malformed" || answered || !isAskedAgain(call)) return end;
    const again = await this.complete(call, signal, MAX_REPLIES - 1);
    return again.ok ? atOnce(again.value).read(onPart) : again;
  }

  /** Tries the models in order, each as often as its errors say. */
  async #run<T>(
    call: ModelCall,
    signal: AbortSignal,
    { stream, replies }: { stream: boolean; replies: number },
    read: (replied: Replied, limit: TimeLimit) => Result<T>,
  ): Promise<Result<T>> {
    const { model: first, fallbackModel, timeoutMs } = this.#options;
    const limit = new TimeLimit(timeoutMs, signal);
    let result: Result<T> = failed({ reason: "model_busy" });
    let left = replies;
    try {
      for (const model of fallbackModel ? [first, fallbackModel] : [first]) {
        let window = this.#window(model);
        let shrunk = false;
        const lacks = lacksOf(model);
        for (let attempt = 1; attempt <= TRIES; attempt += 1) {
          const prompt = call.prompt(window);
          if (!prompt) return model === first || shrunk ? failed({ reason: "prompt_too_long" }) : result;
          const rejectIfBusy = model !== fallbackModel && fallbackModel !== "";
          const outcome = await this.#once(model, inputsOf(prompt, call, stream, lacks), rejectIfBusy, limit);
          if (outcome === "stopped") return failed({ reason: signal.aborted ? "turn_cancelled" : "model_timeout" });
          if ("value" in outcome) {
            rememberLacks(model, lacks);
            result = read({ ...outcome, model, request: requestOf(call, prompt), promptTokens: prompt.tokens }, limit);
            if (result.ok) return result;
          } else result = failed(outcome.failure);
          const cause = "value" in outcome ? result.failure.reason : outcome.cause;
          log("warn", "model_error", { model, attempt, cause });
          const remedy = "value" in outcome ? (isAskedAgain(call) ? "once" : "stop") : outcome.remedy;
          if (remedy === "stop") return result;
          if (remedy === "fallback") break;
          if (remedy === "once") {
            left -= 1;
            if (left <= 0) return result;
          } else if (remedy === "shrink") {
            if (shrunk) return result;
            shrunk = true;
            window = Math.floor(prompt.tokens * SHRINK) + prompt.maxTokens;
          } else if (remedy === "again") {
            if (attempt < TRIES) await Promise.race([pause(Math.random() * 2 * RETRY_MS * attempt), limit.stopped]);
          } else {
            // The model was not at work yet, so this was no try.
            if (lacks.has(remedy.without)) return result;
            lacks.add(remedy.without);
            attempt -= 1;
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
    rejectIfBusy: boolean,
    limit: TimeLimit,
  ): Promise<{ value: unknown } | ModelError | "stopped"> {
    if (limit.signal.aborted) return "stopped";
    try {
      const options = { ...this.#callOptions(limit), ...(rejectIfBusy && { rejectIfBusy }) };
      const call = this.#ai.run(model, inputs, options).then((value) => ({ value }));
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

/** What reading a stream needs beside its bytes. */
interface Reading {
  call: ModelCall;
  signal: AbortSignal;
  limit: TimeLimit;
  onPart: Parameters<ModelStream["read"]>[0];
}

const requestOf = ({ tools, format }: ModelCall, { messages }: FittedPrompt): Request => ({
  tools,
  format,
  mayBeEmpty: messages.at(-1)?.role === "tool",
});

const callsOf = ({ toolCalls }: Pick<WholeAnswer, "toolCalls">) => (toolCalls ? JSON.stringify(toolCalls) : "");

function completionOf({ value, model, request, promptTokens }: Replied): Result<Completion> {
  const answer = wholeAnswer(value, request);
  if (!answer.ok) return answer;
  const { text, reasoning, usage } = answer.value;
  const said = reasoning + text + callsOf(answer.value);
  return ok({ ...answer.value, model, usage: usageOf(usage, promptTokens, said) });
}

/** A whole answer, read as a stream is. */
const atOnce = ({ model, text, reasoning, ...end }: Completion): ModelStream => ({
  model,
  read: async (onPart) => {
    if (reasoning !== "") onPart({ kind: "reasoning", text: reasoning });
    if (text !== "") onPart({ kind: end.refused ? "refusal" : "text", text });
    return ok(end);
  },
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function cancel(value: unknown): Promise<void> {
  if (value instanceof ReadableStream) await value.cancel();
}
