/** Shows the progress of an import on stderr. */
import type { Progress } from "../converters/source-files";
import { countText, numberText } from "./count-text";

/** Milliseconds between two updates of a terminal. */
const UPDATE_MS = 200;

/** Without a terminal, a line is written each time that so many percent more are read. */
const STEP = 10;

export class ProgressLine {
  readonly #started = performance.now();
  readonly #progress: Progress;
  readonly #out: NodeJS.WriteStream;
  #updated = 0;
  #step = 0;

  constructor(progress: Progress, out: NodeJS.WriteStream) {
    this.#progress = progress;
    this.#out = out;
  }

  /** Shows how much is read, the rate and the remaining time. */
  update(conversations: number, messages: number): void {
    const { read, size } = this.#progress;
    const seconds = (performance.now() - this.#started) / 1_000;
    const share = size > 0 ? Math.min(1, read / size) : 0;
    const percent = Math.floor(share * 100);
    const left = share > 0 && share < 1 ? `, ${remaining((seconds / share) * (1 - share))} left` : "";
    const rate = numberText(Math.round(messages / Math.max(seconds, 0.001)));
    const line = `${percent} %: ${countText(conversations, "conversation")}, ${countText(messages, "message")}, ${rate}/s${left}`;
    if (this.#out.isTTY) {
      if (performance.now() - this.#updated < UPDATE_MS) return;
      this.#updated = performance.now();
      this.#out.write(`\r\u001b[K${line}`);
    } else if (percent >= this.#step + STEP) {
      this.#step = percent - (percent % STEP);
      this.#out.write(`${line}\n`);
    }
  }

  /** Removes the line from a terminal. */
  end(): void {
    if (this.#out.isTTY) this.#out.write("\r\u001b[K");
  }
}

function remaining(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3_600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
