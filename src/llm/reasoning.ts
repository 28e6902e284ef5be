/** Splits a model's text into its reasoning (`<think>…</think>` at the start) and its answer. */
import { MAX_RESULT } from "../limits";
import { mayStart } from "./may-start";

const START = "<think>";
const END = "</think>";
/** The role of the chat template without its tokens, which some servers send before the answer. */
const ROLE = "assistant\n\n";

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
    if (text.startsWith(START)) {
      this.#held = text.slice(START.length);
      this.#state = "reasoning";
    } else if (text.startsWith(ROLE)) {
      this.#held = text.slice(ROLE.length);
      this.#state = "gap";
    } else if (this.isOpen && text.length < MAX_RESULT) {
      if (text.includes(END)) this.#state = "reasoning";
    } else if (!mayStart(text, START) && !mayStart(text, ROLE)) this.#state = "answer";
    else if (this.#held.length > LONGEST_START) this.#state = "answer";
  }

  #reason(): string {
    const end = this.#held.indexOf(END);
    if (end !== -1) {
      const reasoning = this.#held.slice(0, end);
      this.#held = this.#held.slice(end + END.length);
      this.#state = "gap";
      return reasoning;
    }
    // The rest may be the beginning of the end.
    let rest = Math.max(0, this.#held.length - END.length + 1);
    while (!END.startsWith(this.#held.slice(rest))) rest += 1;
    const reasoning = this.#held.slice(0, rest);
    this.#held = this.#held.slice(rest);
    return reasoning;
  }

  #takeAll(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }
}
