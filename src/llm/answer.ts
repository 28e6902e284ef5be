/** An answer as it is put together from a whole reply, or from the chunks of a stream. */
import { MAX_ANSWER, MAX_RESULT } from "../limits";
import type { AnswerPart, ModelEnd } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import type { FinishReason, ToolCall } from "../turn/types";
import { Calls } from "./calls";
import type { Wanted } from "./catalogue";
import { acceptsCall, fits } from "./check-reply";
import { isObject } from "./json";
import { jsonIn } from "./json-answer";
import { Reasoning } from "./reasoning";
import { type Reply, readReply } from "./reply";
import { TemplateTokens } from "./template-tokens";
import { callsIn, mayBeCalls } from "./text-calls";
import { mergedUsage, type UsageReport } from "./usage";

/** How a reply ended, with the model's own count of its tokens. */
export interface ReplyEnd extends Omit<ModelEnd, "usage"> {
  usage: UsageReport;
}

/** What was asked for. */
export interface Request extends Wanted {
  /** Whether the answer may be empty: a model that has the results of its calls may have nothing to add. */
  mayBeEmpty?: boolean | undefined;
}

export class Answer {
  finishReason: FinishReason | undefined;
  /** Whether no more is read. */
  full = false;
  #usage: UsageReport = {};
  #said = false;
  #refused = false;
  #characters = 0;
  #parts: AnswerPart[] = [];
  /** Text that may be calls; undefined once it is an answer. */
  #held: string | undefined;
  readonly #request: Request;
  readonly #names: string[];
  readonly #calls = new Calls();
  readonly #tokens = new TemplateTokens();
  readonly #reasoning = new Reasoning();

  constructor(request: Request) {
    this.#request = request;
    this.#names = request.tools?.list.map(({ name }) => name) ?? [];
    if (request.tools) this.#held = "";
  }

  /** Returns the parts that have come since this was last called. */
  take(): AnswerPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** @returns whether the calls are of a size that can be remembered */
  add({ text, reasoning, refusal, calls, finishReason, usage }: Reply): boolean {
    this.#usage = mergedUsage(this.#usage, usage);
    this.finishReason = finishReason ?? this.finishReason;
    this.#push("reasoning", reasoning);
    this.#push("refusal", refusal);
    this.#read(this.#reasoning.add(this.#tokens.add(text)));
    return this.#calls.add(calls);
  }

  /** Passes on the text that was held back, when the reply broke off. Half a call is neither a call nor an answer. */
  breakOff(): void {
    this.#endText();
    const held = this.#held ?? "";
    this.#held = undefined;
    if (!this.#names.some((name) => held.includes(name))) this.#say(held);
  }

  #endText(): void {
    this.#read(this.#reasoning.add(this.#tokens.end()));
    this.#read(this.#reasoning.end());
  }

  /** Ends the answer with the calls in it, or with its text. */
  end(): Result<ReplyEnd> {
    this.#endText();
    const { finishReason = "stop" } = this;
    const called = this.#endCalls(finishReason !== "stop");
    if (!called.ok) return called;
    const end = { usage: this.#usage, ...(this.#refused && { refused: true }) };
    if (called.value) return ok({ ...end, finishReason: "tool_calls", toolCalls: called.value });
    if (finishReason === "stop" && !this.#refused) {
      if (this.#request.tools?.required) return failed({ reason: "model_reply_malformed" });
      if (!this.#said && !this.#request.mayBeEmpty) return failed({ reason: "model_reply_empty" });
    }
    return ok({ ...end, finishReason });
  }

  /** @param cut whether the reply ended before the model was done: calls that are not whole are left out then */
  #endCalls(cut: boolean): Result<ToolCall[] | undefined> {
    const { tools } = this.#request;
    if (!tools) return ok(undefined);
    const held = this.#held ?? "";
    const written = callsIn(held, this.#names);
    if (written) this.#held = undefined;
    // Some servers send the text of a call beside the call itself.
    if (written && !this.#calls.some) this.#calls.add(written);
    if (cut) this.breakOff();
    else this.#say(this.#held ?? "");
    this.#held = undefined;
    if (!this.#calls.some) return ok(undefined);
    const calls = this.#calls.end(tools, acceptsCall);
    return calls.ok || !cut ? calls : ok(undefined);
  }

  #read({ reasoning, answer }: { reasoning: string; answer: string }): void {
    this.#push("reasoning", reasoning);
    const text = (this.#held ?? "") + answer;
    const isHeld = this.#held !== undefined && text.length <= MAX_RESULT && mayBeCalls(text, this.#names);
    this.#held = isHeld ? text : undefined;
    if (!isHeld) this.#say(text);
  }

  #say(text: string): void {
    this.#push("text", text);
  }

  /** Reasoning counts, so that a model which does nothing else comes to an end too. */
  #push(kind: AnswerPart["kind"], text: string): void {
    const room = MAX_ANSWER - this.#characters;
    if (text.length > room) {
      this.finishReason = "length";
      this.full = true;
    }
    const kept = text.slice(0, room);
    if (kept === "") return;
    this.#characters += kept.length;
    if (kind !== "reasoning") this.#said = true;
    if (kind === "refusal") this.#refused = true;
    const last = this.#parts.at(-1);
    if (last?.kind === kind) last.text += kept;
    else this.#parts.push({ kind, text: kept });
  }
}

/** An answer that came in one piece. */
export type WholeAnswer = ReplyEnd & { text: string; reasoning: string };

/** Reads a whole reply, and finds the JSON in it where that was asked for. */
export function wholeAnswer(value: unknown, request: Request): Result<WholeAnswer> {
  const reply = isObject(value) ? readReply(value) : null;
  const answer = new Answer(request);
  if (!reply?.known || !answer.add(reply)) return failed({ reason: "model_reply_malformed" });
  const end = answer.end();
  if (!end.ok) return end;
  const parts = answer.take();
  const join = (isWanted: (part: AnswerPart) => boolean) =>
    parts
      .filter(isWanted)
      .map(({ text }) => text)
      .join("");
  const said = join(({ kind }) => kind !== "reasoning");
  const { format } = request;
  // A text that was cut off at its limit would be cut off again.
  const isJson = format !== undefined && end.value.finishReason === "stop" && !end.value.refused;
  const text = isJson ? jsonIn(said, (found) => fits(found, format)) : said;
  if (text === undefined) return failed({ reason: "model_reply_malformed" });
  return ok({ ...end.value, text, reasoning: join(({ kind }) => kind === "reasoning") });
}
