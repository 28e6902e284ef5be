import { vi } from "vitest";
import type { AiBinding, AiInputs, AiOptions } from "../../src/llm/binding";

/** A call ends at most so many milliseconds after it was cancelled. */
export const TICK_MS = 500;
/** The time of a text that the encoder refuses. */
export const REFUSED = -1;

/** An encoder that takes a time for each text, on the clock of the test. */
export class SlowEncoder implements AiBinding {
  /** The number of texts of each call. */
  readonly calls: number[] = [];
  /** Milliseconds for a text. */
  msOf: (text: string) => number;

  constructor(msOf: (text: string) => number) {
    this.msOf = msOf;
  }

  async run(_model: string, inputs: AiInputs, { signal }: AiOptions = {}): Promise<unknown> {
    const texts = "text" in inputs ? inputs.text : [];
    this.calls.push(texts.length);
    if (texts.some((text) => this.msOf(text) === REFUSED)) throw new Error("5006: HTTP 400 too long");
    let left = texts.reduce((sum, text) => sum + this.msOf(text), 0);
    for (; left > 0 && !signal?.aborted; left -= TICK_MS) await vi.advanceTimersByTimeAsync(Math.min(left, TICK_MS));
    return { data: texts.map((_, at) => [1, at, -1, 0.5]) };
  }
}
