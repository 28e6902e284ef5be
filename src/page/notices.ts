/** The notices above the composer. Each has its own action, so that one does not replace another. */
import type { PageFailure } from "./failure-text";

export interface Notice {
  /** A second notice with the same id replaces the first. */
  id: string;
  text: string;
  isFailure?: boolean;
  action?: { label: string; run: () => void } | undefined;
}

/** Returns the id of the notice about a deletion. @param key of `PendingDeletes` */
export const deletionId = (key: string): string => `delete ${key}`;

export class Notices {
  all: readonly Notice[] = [];
  readonly #onChange: () => void;
  #failures = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  add(notice: Notice): void {
    this.all = [...this.all.filter(({ id }) => id !== notice.id), notice];
    this.#onChange();
  }

  /** @param id that of an action that has other notices or repeats itself; otherwise the failure has its own */
  addFailure({ text }: PageFailure, retry?: () => void, id = `failure ${++this.#failures}`): void {
    const run = () => {
      this.remove(id);
      retry?.();
    };
    this.add({ id, text, isFailure: true, action: retry && { label: "Try again", run } });
  }

  remove(id: string): void {
    if (!this.all.some((notice) => notice.id === id)) return;
    this.all = this.all.filter((notice) => notice.id !== id);
    this.#onChange();
  }
}
