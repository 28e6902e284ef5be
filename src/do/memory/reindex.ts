/** Makes the full-text index of a transcript anew, in steps: for messages that were indexed in another way. */
import { isQuiet } from "./message-rows";
import type { Messages } from "./messages";

/** Characters that a step reads, and those of one more message. */
const STEP_CHARACTERS = 500_000;

/**
 * Indexes messages from a `seq` on anew, at most so many. Call it inside a transaction.
 * @returns the `seq` to go on from; null where none is left
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
