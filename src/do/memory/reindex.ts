/** The task `reindex`: rebuilds the full-text index of messages that an earlier version indexed in another way. */
import type { Database } from "../sqlite/database";
import type { Schedule } from "../sqlite/schedule";
import { isQuiet } from "./message-rows";
import type { Messages } from "./messages";

/** The most messages of one step, and the characters after which it ends. A step is one transaction. */
const STEP = 300;
const STEP_CHARACTERS = 500_000;
/** The most steps of one alarm: other tasks wait for it. */
const STEPS = 5;

/** The note of the task: the `seq` of the next message to index again, and of the last one. Later messages need it not. */
export interface Rest {
  next: number;
  last: number;
}

/**
 * Runs some steps of the task. Each stores the rest together with its rows, so a lost object repeats nothing.
 * @param before called in the first step, for other texts to index again
 * @returns when to continue; null after the last step
 */
export async function reindex(
  db: Database,
  schedule: Schedule<"reindex">,
  messages: Messages,
  before?: () => void,
): Promise<number | null> {
  for (let steps = 0; steps < STEPS; steps += 1) {
    // Read again, because the object may have been emptied meanwhile.
    const rest = schedule.noted<Rest>("reindex");
    if (!rest) return null;
    db.transaction(() => {
      if (rest.next === 1) before?.();
      const next = step(messages, rest);
      if (next > rest.last) schedule.drop("reindex");
      else schedule.note("reindex", Date.now(), { ...rest, next });
    });
    // Requests run between steps.
    await db.durable();
  }
  return Date.now();
}

/** Indexes the next messages again. @returns the `seq` of the next step */
function step(messages: Messages, { next, last }: Rest): number {
  // Otherwise messages that wait would be indexed here, and once more later.
  messages.index.complete();
  let seq = last;
  let characters = 0;
  for (const message of messages.between(next - 1, last, STEP)) {
    messages.index.delete(message.seq);
    if (!isQuiet(message)) messages.index.insert(message.seq, message);
    characters += message.content.length;
    if (characters > STEP_CHARACTERS) return message.seq + 1;
    seq = message.seq;
  }
  return seq + 1;
}
