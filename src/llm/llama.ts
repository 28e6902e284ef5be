/** Calls a Llama through the AI binding, with a time limit, retries and a fallback model. */
import { log } from "../log";
import type { Completion, FittedPrompt, Model, ModelCall, ModelStream } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import { type Request, type WholeAnswer, wholeAnswer } from "./answer";
import { type AiBinding, type ChatInputs, callOptions } from "./binding";
import { windowOf } from "./catalogue";
import { isChecked } from "./check-reply";
import { errorIn, type ModelError, messageOf, modelError } from "./errors";
import { inputsOf } from "./inputs";
import { lacksOf, rememberLacks } from "./lacks";
import { causeOf } from "./log-cause";
import { opensInPrompt } from "./reasoning";
import { readModelStream } from "./stream";
import { TimeLimit } from "./time-limit";
import { usageOf } from "./usage";

/** The settings of model calls. */
export interface LlamaOptions {
  model: string;
  /** Empty for none. */
  fallbackModel: string;
  /** The window of models outside the catalogue, in tokens. */
  unknownWindow: number;
  /** Milliseconds for the whole call, including retries. For a stream: until it begins. */
  timeoutMs: number;
  /** Maximum milliseconds between two chunks of a stream. */
  stallMs: number;
  /** Milliseconds for a whole stream. Absent in calls from a Worker of 2.0.0: then {@link STREAM_MS}. */
  streamMs?: number | undefined;
  /** The id of an AI Gateway; empty for none. */
  gateway: string;
}

/** The default of `MODEL_STREAM_MS`: the longest reply of 4,096 tokens, at 7 tokens per second. */
const STREAM_MS = 600_000;
const TRIES = 3;
/** Maximum replies per request: an invalid reply is requested once more. */
const MAX_REPLIES = 2;
/** Mean wait before the second try, in milliseconds. It doubles before the third. */
const RETRY_MS = 100;
/** The share of a prompt's tokens that is sent again if the model rejects the prompt as too long. */
const SHRINK = 0.6;

/** A model's reply and its request. */
interface Replied {
  value: unknown;
  model: string;
  request: Request;
  promptTokens: number;
}

/** Returns whether an invalid reply is requested again: calls with a format, required tools or strict tools. */
const isAskedAgain = (call: ModelCall) => isChecked(call) || call.tools?.list.some(({ strict }) => strict) === true;

export class Llama implements Model {
  readonly #ai: AiBinding;
  readonly #options: LlamaOptions;
  readonly #affinity: string | undefined;

  /**
   * @param affinity a text per session or user that does not reveal its name. Workers AI sends calls with the same text
   * to the same machine, which has the start of the prompt in its prefix cache
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
      // Some models return a whole reply although the request asks for a stream.
      const reply = completionOf(replied);
      return reply.ok ? ok(atOnce(reply.value)) : reply;
    });
  }

  /** Reads a stream. Requests invalid function calls once more, unless part of an answer has already been sent. */
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

  /** Tries the models in order. The errors of a model decide how often it is tried. */
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
            result = read(
              { ...outcome, model, request: requestOf(call, prompt, model), promptTokens: prompt.tokens },
              limit,
            );
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
            // The model rejected the request before it started, so this does not count as a try.
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
      const options = {
        ...callOptions(this.#ai, limit.signal, limit.released, this.#options.gateway),
        ...(this.#affinity !== undefined && { extraHeaders: { "x-session-affinity": this.#affinity } }),
        ...(rejectIfBusy && { rejectIfBusy }),
      };
      const call = this.#ai.run(model, inputs, options).then((value) => ({ value }));
      const first = await Promise.race([call, limit.stopped]);
      // Cancels a reply that arrives after the time limit.
      if (first === "stopped") call.then(({ value }) => cancel(value)).catch(() => {});
      const returned = first === "stopped" ? undefined : errorIn(first.value);
      if (returned === undefined) return first;
      return limit.signal.aborted ? "stopped" : modelError(returned, model);
    } catch (error) {
      return limit.signal.aborted ? "stopped" : modelError(causeOf(messageOf(error)), model);
    }
  }

  #window(model: string): number {
    return windowOf(model) ?? this.#options.unknownWindow;
  }
}

/** The context for reading a stream. */
interface Reading {
  call: ModelCall;
  signal: AbortSignal;
  limit: TimeLimit;
  onPart: Parameters<ModelStream["read"]>[0];
}

const requestOf = ({ tools, format }: ModelCall, { messages }: FittedPrompt, model: string): Request => ({
  tools,
  format,
  mayBeEmpty: messages.at(-1)?.role === "tool",
  isOpen: opensInPrompt(model),
});

const callsOf = ({ toolCalls }: Pick<WholeAnswer, "toolCalls">) =>
  toolCalls ? JSON.stringify(toolCalls, ["name", "arguments"]) : "";

function completionOf({ value, model, request, promptTokens }: Replied): Result<Completion> {
  const answer = wholeAnswer(value, request);
  if (!answer.ok) return answer;
  const { text, reasoning, usage } = answer.value;
  const said = reasoning + text + callsOf(answer.value);
  return ok({ ...answer.value, model, usage: usageOf(usage, promptTokens, said) });
}

/** Returns a whole answer as a stream. */
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
