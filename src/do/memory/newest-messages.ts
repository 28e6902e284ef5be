/** Reads the end of a transcript, to plan a window. */
import type { Message } from "../../turn/types";
import type { Messages } from "./messages";

/** The most messages before the newest ones to search for the last question with an answer. */
const MOST_EARLIER = 1_000;
/** A long message takes at most this share of a window. */
const SHARE = 1 / 4;
/** The tokens to read, as a multiple of the window's: a question and an answer that fit only in part come before it. */
const READ = 1 + 2 * SHARE;

/**
 * Returns the newest messages up to a `seq`, oldest first, at least as many as fit a window of so many tokens.
 * If they contain no question with an answer, the last such question and its answer are put before them.
 * @returns `before`: estimated tokens of all earlier messages
 */
export function newestMessages(
  messages: Messages,
  last: number,
  tokens: number,
): { newest: Message[]; before: number } {
  // The loop would read the whole transcript: no message takes a part of nothing.
  if (tokens <= 0) return { newest: [], before: messages.end(last + 1).tokens };
  const newest: Message[] = [];
  const head: Message[] = [];
  let total = 0;
  let earlier = 0;
  let [isAnswer, isQuestion] = [false, false];
  for (const message of messages.backwards(last)) {
    const { role } = message;
    if (total <= tokens * READ || newest.length < 2) {
      newest.push(message);
      total += Math.min(message.tokens, tokens * SHARE);
    } else if (isQuestion || earlier === MOST_EARLIER) break;
    else {
      earlier += 1;
      if (role === (isAnswer ? "user" : "assistant")) head.push(message);
    }
    isQuestion ||= isAnswer && role === "user";
    isAnswer ||= role === "assistant";
  }
  return { newest: [...head.reverse(), ...newest.toReversed()], before: messages.end(newest.at(-1)?.seq ?? 1).tokens };
}
