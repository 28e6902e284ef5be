/** Generates transcripts of any roles and sizes, with calls of functions. */
import fc from "fast-check";
import { estimateMessage } from "../../src/turn/tokens";
import type { Message, Role } from "../../src/turn/types";

export const WORDS = "The hives stand under a lime tree behind the old school, and the honey is ripe in July. ";

/** Returns a message of about this number of tokens. */
export function message(seq: number, role: Role, tokens: number, called: Partial<Message> = {}): Message {
  const content = `#${seq} `.concat(WORDS.repeat(Math.ceil(tokens / 20)).slice(0, tokens * 4), ` #${seq}`);
  const said = { role, content, ...called };
  const cost = tokens > 5_000 ? Math.ceil(tokens * 1.1) : estimateMessage(said);
  return { seq, ...said, tokens: cost, createdAt: seq * 60_000, status: "complete" };
}

export const sizes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 60, max: 1_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(2_000, 10_000, 100_000) },
);

/** The messages after a question: an answer, calls with results and an answer, a system message, or none. */
const kinds = fc.constantFrom("answer", "answer", "answer", "calls", "system", "nothing");

/** Generates a transcript, oldest first. */
export const transcripts = fc
  .array(fc.tuple(kinds, sizes, sizes, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 40 })
  .map((exchanges) => {
    const messages: Message[] = [];
    const add = (role: Role, tokens: number, called?: Partial<Message>) =>
      messages.push(message(messages.length + 1, role, tokens, called));
    for (const [kind, asked, answered, calls] of exchanges) {
      if (kind === "system") {
        add("system", asked);
        continue;
      }
      add("user", asked);
      if (kind === "calls") {
        const toolCalls = Array.from({ length: calls }, (_, at) => ({
          id: `c${messages.length}-${at}`,
          name: "find",
          arguments: JSON.stringify({ text: WORDS.repeat(Math.ceil(asked / 20)) }),
        }));
        add("assistant", 1, { toolCalls, content: "" });
        for (const { id } of toolCalls) add("tool", answered, { toolCallId: id });
      }
      if (kind !== "nothing") add("assistant", answered);
    }
    return messages;
  });
