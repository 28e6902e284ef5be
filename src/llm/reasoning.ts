/** Splits a model's text into its reasoning (`<think>…</think>` at the start, or gpt-oss's) and its answer. */
import { MAX_RESULT } from "../limits";

/**
 * The start of the reasoning; the role of the chat template without its tokens, which some servers send before the
 * answer; or the first channel of gpt-oss without its tokens: `analysisThey ask.assistantfinalIt is sunny.`
 */
const START = /^(?:<(think|thinking|thought)>|assistant\n\n|analysis(?=[A-Z]))/;
/** A text that may begin with one of these once it is longer. */
const PART_OF_START = /^(?:<(?:t\w*)?|a[a-z]*\n?)?$/;

/** Maximum characters, mostly spaces, before the answer. */
const LONGEST_START = 1_000;

/**
 * Models whose prompt ends with `<think>`, so that their text begins inside the reasoning, unless their server returns it
 * in a field of its own. See https://github.com/cloudflare/workers-ai-provider/issues/16
 */
export const opensInPrompt = (model: string) => /deepseek-r1|qwq|(?<!non-?)thinking/i.test(model);

export class Reasoning {
  #state: "start" | "reasoning" | "gap" | "answer" = "start";
  #held = "";
  /** The mark at the end of the reasoning. */
  #end = "</think>";
  /** Whether the text may begin inside the reasoning. Then all of it waits for the reasoning's end. */
  isOpen: boolean;

  constructor(isOpen: boolean) {
    this.isOpen = isOpen;
  }

  /** Adds text. @returns the reasoning and the answer text that it completes */
  add(text: string): { reasoning: string; answer: string } {
    if (this.#state === "answer") return { reasoning: "", answer: text };
    this.#held += text;
    let reasoning = "";
    if (this.#state === "start") this.#begin();
    if (this.#state === "reasoning") reasoning = this.#reason();
    if (this.#state === "gap") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#state = "answer";
    }
    return { reasoning, answer: this.#state === "answer" ? this.#takeAll() : "" };
  }

  /** Returns the remaining text, after the last chunk. @param isCut whether the reply ended before the model had finished */
  end(isCut: boolean): { reasoning: string; answer: string } {
    const rest = this.#takeAll();
    const isReasoning = this.#state === "reasoning" || (isCut && this.#state === "start" && this.isOpen);
    return isReasoning ? { reasoning: rest, answer: "" } : { reasoning: "", answer: rest };
  }

  #begin(): void {
    const text = this.#held.trimStart();
    const [start = "", tag] = START.exec(text) ?? [];
    if (start === "analysis") {
      // All of the text waits for the next channel: it may be an answer.
      this.isOpen = true;
      this.#end = "assistantfinal";
    } else if (start !== "") {
      if (tag) this.#end = `</${tag}>`;
      this.#held = text.slice(start.length);
      this.#state = tag ? "reasoning" : "gap";
      return;
    }
    if (this.isOpen && text.length < MAX_RESULT) {
      if (!text.includes(this.#end)) return;
      this.#held = text.slice(start.length);
      this.#state = "reasoning";
    } else if (this.#held.length > LONGEST_START || !PART_OF_START.test(text)) this.#state = "answer";
  }

  #reason(): string {
    const end = this.#held.indexOf(this.#end);
    // The last characters may be the beginning of the end.
    const length = end === -1 ? Math.max(0, this.#held.length - this.#end.length + 1) : end;
    const reasoning = this.#held.slice(0, length);
    this.#held = this.#held.slice(end === -1 ? length : end + this.#end.length);
    if (end !== -1) this.#state = "gap";
    return reasoning;
  }

  #takeAll(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }
}
