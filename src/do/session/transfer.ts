/** A session that goes elsewhere, and one that comes from there. */
import { failed, ok, type Result } from "../../turn/result";
import type { Entry } from "../../turn/types";
import { endLine, entryLine, headLine, lengthOf } from "../../wire/ndjson";
import { tryWrite } from "../sqlite/try-write";
import { entriesOf } from "./entries";
import { Staging } from "./staging";
import type { SessionLimits, Store } from "./store";
import type { TurnQueue } from "./turn-queue";

/** Messages, more than a turn has, and about how many characters, of an export that are in memory at once. */
const PAGE = 200;
const PAGE_CHARACTERS = 1_000_000;

const encoder = new TextEncoder();

export class Transfer {
  readonly #storage: DurableObjectStorage;
  readonly #store: Store;
  readonly #queue: TurnQueue;
  #staging: Staging | undefined;

  constructor(storage: DurableObjectStorage, store: Store, queue: TurnQueue) {
    this.#storage = storage;
    this.#store = store;
    this.#queue = queue;
  }

  /** What the session has now, without a turn that runs; it breaks off where the session is emptied meanwhile. */
  export(): ReadableStream<Uint8Array> {
    const store = this.#store;
    const { generation } = store;
    const { last } = store.messages.end();
    let read = 0;
    let messages = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (store.generation !== generation) return controller.error(new Error("The session was emptied meanwhile."));
          let text = read === 0 ? headLine(store.title.given) : "";
          const from = read;
          for (const { seq, entry } of entriesOf(store, { after: read, last, limit: PAGE })) {
            read = seq;
            if (!entry) continue;
            messages += lengthOf(entry);
            text += entryLine(entry);
            if (text.length > PAGE_CHARACTERS) break;
          }
          if (read === from) read = last;
          if (read >= last) text += endLine(messages);
          controller.enqueue(encoder.encode(text));
          if (read >= last) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Begins an import, in the place of one that was not finished. @returns its id */
  begin(): Result<string> {
    if (this.#store.messages.end().last > 0) return failed({ reason: "session_not_empty" });
    return tryWrite(() => {
      this.#staging = new Staging(this.#storage);
      return ok(this.#staging.id);
    });
  }

  /** @returns the place of the first entry that cannot be added, or null */
  add(id: string, entries: Entry[], limits: SessionLimits): Result<number | null> {
    const staging = this.#staging;
    if (staging?.id !== id) return failed({ reason: "import_interrupted" });
    return tryWrite(() => {
      const repeated = staging.add(entries);
      const isFull = staging.count > limits.messages || this.#storage.sql.databaseSize > limits.bytes;
      return isFull ? failed({ reason: "session_full" }) : ok(repeated);
    });
  }

  /** Makes what was imported the session, with its title, where that is still empty when its place in line has come. */
  async finish(id: string, title: string | undefined): Promise<Result<{ messages: number }>> {
    if (this.#queue.full) return failed({ reason: "session_queue_full" });
    const release = await this.#queue.enter();
    try {
      const staging = this.#staging;
      if (!release || staging?.id !== id) return failed({ reason: "import_interrupted" });
      if (this.#store.messages.end().last > 0) return failed({ reason: "session_not_empty" });
      const messages = staging.count;
      return tryWrite(() => {
        this.#store.adopt(staging, title);
        this.#staging = undefined;
        return ok({ messages });
      });
    } finally {
      release?.();
    }
  }

  /** Drops an import, or whichever there is. */
  cancel(id?: string): void {
    if (!this.#staging || (id !== undefined && this.#staging.id !== id)) return;
    this.#staging.drop();
    this.#staging = undefined;
  }
}
