/** The notices above the composer. Each has its own action, so that one does not replace another. */
import type { PageFailure } from "./failure-text";

export interface Notice {
  /** A second notice with the same id replaces the first. */
  id: string;
  text: string;
  isFailure?: boolean;
  action?: { label: string; run: () => void } | undefined;
}

export class Notices {
  all: readonly Notice[] = [];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  add(notice: Notice): void {
    this.all = [...this.all.filter(({ id }) => id !== notice.id), notice];
    this.#onChange();
  }

  addFailure({ code, text }: PageFailure, retry?: () => void): void {
    const id = `failure ${code}`;
    const run = () => {
      this.remove(id);
      retry?.();
    };
    this.add({ id, text, isFailure: true, action: retry && { label: "Try again", run } });
  }

  remove(id: string): void {
    this.all = this.all.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
