/** Export of a session as lines of JSON. */
import { endLine, entryLine, headLine, lengthOf, sessionLine } from "../../wire/ndjson";
import { entriesOf } from "./entries";
import type { Store } from "./store";

/** The most messages, more than a turn has, and about the most characters of an export that are in memory. */
const PAGE = 200;
const PAGE_CHARACTERS = 1_000_000;

const encoder = new TextEncoder();

/**
 * Returns a session as lines of JSON, without a turn that runs. Fails if the session is emptied meanwhile.
 * @param before only messages before this `seq`; a question without its answer is then a message
 * @param head a line before its lines
 */
export function sessionLines(store: Store, before = Number.MAX_SAFE_INTEGER, head = ""): ReadableStream<Uint8Array> {
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
export function exportOf(store: Store, user: string): ReadableStream<Uint8Array> | null {
  const { owner } = store.ownership;
  if (owner?.user !== user || store.messages.count() === 0) return null;
  return sessionLines(store, undefined, sessionLine({ sessionId: owner.sessionId, ...store.settings.get() }));
}
