/** Export and import of a session. */
import { type Failed, failed, ok, type Result } from "../../turn/result";
import type { Entry } from "../../turn/types";
import { endLine, entryLine, headLine, lengthOf, sessionLine } from "../../wire/ndjson";
import { tryWrite } from "../sqlite/try-write";
import { entriesOf } from "./entries";
import type { Session } from "./session";
import type { SessionLimits } from "./session-limits";
import type { Store } from "./store";

/** The most messages, more than a turn has, and about the most characters of an export that are in memory. */
const PAGE = 200;
const PAGE_CHARACTERS = 1_000_000;

const encoder = new TextEncoder();

export class Transfer {
  readonly #session: Session;
  readonly #store: Store;

  constructor(session: Session) {
    this.#session = session;
    this.#store = session.store;
  }

  /**
   * Returns the session as lines of JSON, without a turn that runs. Fails if the session is emptied meanwhile.
   * @param before only messages before this `seq`; a question without its answer is then a message
   * @param head a line before its lines
   */
  export(before = Number.MAX_SAFE_INTEGER, head = ""): ReadableStream<Uint8Array> {
    const store = this.#store;
    const { generation } = store;
    const { last } = store.messages.end(before);
    const isCut = last < store.messages.end().last;
    let read = 0;
    let messages = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (store.generation !== generation) return controller.error(new Error("The session was emptied meanwhile."));
          let text = read === 0 ? head + headLine(store.title.given) : "";
          const from = read;
          for (const { seq, entry } of entriesOf(store, { after: read, last, limit: PAGE, isCut })) {
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

  /** Returns a user's session as lines of JSON, after a line with its id and settings; null if it is not theirs. */
  exportOf(user: string): ReadableStream<Uint8Array> | null {
    const { ownership, settings, messages } = this.#store;
    const { owner } = ownership;
    if (owner?.user !== user || messages.count() === 0) return null;
    return this.export(undefined, sessionLine({ sessionId: owner.sessionId, ...settings.get() }));
  }

  /** Starts an import in place of one that was not finished. @returns the id; `session_not_empty` */
  begin(id: string): Result<string> {
    if (this.#store.messages.end().last > 0) return failed({ reason: "session_not_empty" });
    return tryWrite(() => ok(this.#store.import.begin(id)));
  }

  /** Adds to an import. @returns the index of the first entry that cannot be added, or null; `session_full` */
  add(id: string, entries: Entry[], limits: SessionLimits): Result<number | null> {
    const { import: added } = this.#store;
    return (
      this.#refusal(id) ??
      tryWrite(() => {
        const repeated = added.add(entries);
        const isFull = added.count > limits.messages || !this.#store.hasRoom(0, limits);
        return isFull ? failed({ reason: "session_full" }) : ok(repeated);
      })
    );
  }

  /**
   * Makes an import the content of the session when the call is first in the queue.
   * @param also runs in the same transaction
   * @param refusal returns why the import may not be finished any more
   */
  finish(
    id: string,
    title: string | undefined,
    also = () => {},
    refusal: () => Failed | undefined = () => undefined,
  ): Promise<Result<{ messages: number }>> {
    const { import: imported, listing } = this.#store;
    const finish = () => {
      also();
      listing.mark();
    };
    return this.#session.whenFirst(
      () => this.#refusal(id) ?? refusal() ?? ok({ messages: imported.finish(title, finish) }),
      { reason: "import_interrupted" },
    );
  }

  /** Deletes an import. Does nothing for another id. */
  cancel(id: string): void {
    if (this.#store.import.id === id) this.#store.import.drop();
  }

  /** Returns why an import cannot continue: the session was used or emptied meanwhile. */
  #refusal(id: string): Failed | undefined {
    if (this.#store.import.id === id) return undefined;
    const isUsed = this.#store.messages.end().last > 0;
    return failed({ reason: isUsed ? "session_not_empty" : "import_interrupted" });
  }
}
