/** Builds an answer from a whole reply, or from the chunks of a stream. */
import { MAX_ANSWER, MAX_RESULT } from "../limits";
import type { AnswerPart, ModelEnd } from "../turn/ports";
import { failed, ok, type Result } from "../turn/result";
import type { FinishReason, ToolCall } from "../turn/types";
import { Calls } from "./calls";
import type { Wanted } from "./catalogue";
import { fits } from "./check-reply";
import { fieldsOf } from "./json";
import { jsonIn } from "./json-answer";
import { Matcher } from "./json-schema/matches-schema";
import { Reasoning } from "./reasoning";
import { type Reply, readReply } from "./reply";
import { TemplateTokens } from "./template-tokens";
import { callsIn, mayBeCalls } from "./text-calls";
import { mergedUsage, type UsageReport } from "./usage";

/** The end of a reply, with the model's token counts. */
export interface ReplyEnd extends Omit<ModelEnd, "usage"> {
  usage: UsageReport;
}

/** The requested form of the answer. */
export interface Request extends Wanted {
  /** True if the answer may be empty: after the results of its calls, a model may have nothing to add. */
  mayBeEmpty?: boolean | undefined;
  /** True if the text may begin inside the reasoning; see {@link opensInPrompt}. */
  isOpen?: boolean | undefined;
}

export class Answer {
  finishReason: FinishReason | undefined;
  /** True if the answer is too long to read more of it. */
  full = false;
  #usage: UsageReport = {};
  #said = false;
  #refused = false;
  #characters = 0;
  #parts: AnswerPart[] = [];
  /** Text that may contain calls; undefined once it is known to be an answer. */
  #held: string | undefined;
  readonly #request: Request;
  readonly #names: string[];
  readonly #calls = new Calls();
  readonly #tokens = new TemplateTokens();
  readonly #reasoning: Reasoning;

  constructor(request: Request) {
    this.#request = request;
    this.#reasoning = new Reasoning(request.isOpen === true);
    this.#names = request.tools?.list.map(({ name }) => name) ?? [];
    if (request.tools) this.#held = "";
  }

  /** Returns the parts that were added since the last call. */
  take(): AnswerPart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** @returns whether the calls are still small enough to store */
  add({ text, reasoning, refusal, calls, finishReason, usage }: Reply): boolean {
    this.#usage = mergedUsage(this.#usage, usage);
    this.finishReason = finishReason ?? this.finishReason;
    if (reasoning !== "") this.#reasoning.isOpen = false;
    this.#push("reasoning", reasoning);
    this.#push("refusal", refusal);
    this.#read(this.#reasoning.add(this.#tokens.add(text)));
    return this.#calls.add(calls);
  }

  /** Releases held text after the reply broke off, but drops half a call: it is neither a call nor an answer. */
  breakOff(): void {
    this.#endText(true);
    const held = this.#held ?? "";
    this.#held = undefined;
    if (!this.#names.some((name) => held.includes(name))) this.#say(held);
  }

  #endText(isCut: boolean): void {
    this.#read(this.#reasoning.add(this.#tokens.end()));
    this.#read(this.#reasoning.end(isCut));
  }

  /** Ends the answer with its calls or its text. */
  end(): Result<ReplyEnd> {
    const { finishReason = "stop" } = this;
    this.#endText(finishReason === "length");
    const called = this.#endCalls(finishReason !== "stop");
    if (!called.ok) return called;
    const end = { usage: this.#usage, ...(this.#refused && { refused: true }) };
    if (called.value) return ok({ ...end, finishReason: "tool_calls", toolCalls: called.value });
    if (finishReason === "stop" && !this.#refused) {
      if (this.#request.tools?.required) return failed({ reason: "model_reply_malformed" });
      if (!this.#said && !this.#request.mayBeEmpty && !this.#request.format)
        return failed({ reason: "model_reply_empty" });
    }
    return ok({ ...end, finishReason });
  }

  /** @param cut true if the reply ended before the model had finished; incomplete calls are then omitted */
  #endCalls(cut: boolean): Result<ToolCall[] | undefined> {
    const { tools } = this.#request;
    if (!tools) return ok(undefined);
    const held = this.#held ?? "";
    // Llama 3.2 often leaves out the last bracket.
    const written = callsIn(held, this.#names) ?? (cut ? undefined : callsIn(`${held}}`, this.#names));
    if (written) this.#held = undefined;
    // Some servers send a call both as text and as a call.
    if (written && !this.#calls.some) this.#calls.add(written);
    if (cut) this.breakOff();
    else this.#say(this.#held ?? "");
    this.#held = undefined;
    if (!this.#calls.some) return ok(undefined);
    const calls = this.#calls.end(tools, new Matcher());
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

  /** Counts reasoning too, so that the limit also stops a model that only reasons. */
  #push(kind: AnswerPart["kind"], text: string): void {
    const room = MAX_ANSWER - this.#characters;
    if (text.length > room) {
      this.finishReason = "length";
      this.full = true;
    }
    const kept = text.slice(0, room);
    if (kept === "") return;
    this.#characters += kept.length;
    if (kind !== "reasoning" && kept.trim()) this.#said = true;
    if (kind === "refusal") this.#refused = true;
    const last = this.#parts.at(-1);
    if (last?.kind === kind) last.text += kept;
    else this.#parts.push({ kind, text: kept });
  }
}

/** An answer from a whole reply. */
export type WholeAnswer = ReplyEnd & { text: string; reasoning: string };

/** Reads a whole reply. If JSON was requested, finds it in the text. */
export function wholeAnswer(value: unknown, request: Request): Result<WholeAnswer> {
  const reply = readReply(fieldsOf(value));
  const answer = new Answer(request);
  if (!reply?.known || !answer.add(reply)) return failed({ reason: "model_reply_malformed" });
  const end = answer.end();
  if (!end.ok) return end;
  let said = "";
  let reasoning = "";
  for (const part of answer.take()) {
    if (part.kind === "reasoning") reasoning += part.text;
    else said += part.text;
  }
  const { format } = request;
  // If the token limit cut the text off, a retry would be cut off too, so invalid JSON is accepted.
  const isJson = format !== undefined && end.value.finishReason === "stop" && !end.value.refused;
  const matcher = new Matcher();
  // Servers that expect reasoning first may take JSON without it for the reasoning.
  const source = said === "" && /^\s*[[{]/.test(reasoning) ? reasoning : said;
  const text = isJson ? jsonIn(source, (found) => fits(found, format, matcher)) : said;
  if (text === undefined) return failed({ reason: "model_reply_malformed" });
  return ok({ ...end.value, text, reasoning });
}
