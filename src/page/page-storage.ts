/** The browser's storage. If it is full or blocked, a value is kept until the page is reloaded. */
export class PageStorage {
  readonly #kept = new Map<string, string | null>();
  readonly #storage: () => Storage;

  /** @param storage may throw: a browser that blocks cookies refuses the access */
  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  get(key: string): string | null {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.#storage().getItem(key);
    } catch {
      return null;
    }
  }

  /** @param value null deletes it */
  set(key: string, value: string | null): void {
    this.#kept.delete(key);
    try {
      const storage = this.#storage();
      // First, so that no earlier value comes back after a reload if the new one does not fit.
      storage.removeItem(key);
      if (value !== null) storage.setItem(key, value);
    } catch {
      this.#kept.set(key, value);
    }
  }
}

/** Lives as long as the tab. */
export const tabStorage = new PageStorage(() => sessionStorage);
/** Stays on the device. */
export const deviceStorage = new PageStorage(() => localStorage);
