/** Rebuilds the full-text index of a transcript, in steps, after the way of indexing has changed. */
import { isQuiet } from "./message-rows";
import type { Messages } from "./messages";

/** The characters of one step. The last message of a step may exceed them. */
const STEP_CHARACTERS = 500_000;

/**
 * Indexes at most `count` messages again, beginning with a `seq`. Call it inside a transaction.
 * @returns the `seq` of the next step; null after the last message
 */
export function reindex(messages: Messages, from: number, count: number): number | null {
  const { last } = messages.end();
  let next: number | null = null;
  let characters = 0;
  for (const message of [...messages.between(from - 1, last, count)]) {
    messages.index.delete(message.seq);
    if (!isQuiet(message)) messages.index.insert(message.seq, message);
    next = message.seq + 1;
    characters += message.content.length;
    if (characters > STEP_CHARACTERS) break;
  }
  return next === null || next > last ? null : next;
}
