/** The context of a question from a conversation that the client sends with it. */
import { placed } from "./fit-tail";
import { sum } from "./sum";
import { estimateMessage } from "./tokens";
import type { Context, Message, NewMessage } from "./types";
import { fitWindow } from "./window";

/** Characters per token, approximately, for old messages that are not tokenized. */
const TOKEN_CHARACTERS = 4;

/** Returns the newest messages within a number of tokens; does not tokenize older ones. */
export function contextOf(messages: readonly NewMessage[], tokens: number): Context {
  const measured: Message[] = [];
  let at = messages.length;
  for (let total = 0; tokens > 0 && at > 0 && total <= 2 * tokens; ) {
    const message = messages[at - 1];
    if (!message) break;
    const newest = placed(message, at, tokensIn(tokens, message));
    measured.unshift(newest);
    total += Math.min(newest.tokens, tokens / 4);
    at -= 1;
  }
  // Many answers in a row: a window begins with the question before them.
  const question = messages.findLastIndex(({ role }, index) => role === "user" && index < at);
  const asked = messages[question];
  if (asked && tokens > 0 && !measured.some(({ role }) => role === "user"))
    measured.unshift(placed(asked, question + 1, tokensIn(tokens, asked)));
  const before = sum(messages.slice(0, at), ({ content }) => content.length / TOKEN_CHARACTERS);
  const window = fitWindow(measured, tokens, before);
  return { window, recalled: [], recall: "words", total: messages.length };
}

/** Returns the tokens of a message. One that fills the window alone is shortened whatever its exact size. */
function tokensIn(window: number, message: NewMessage): number {
  const { content, tokens } = message;
  const isHuge = content.length > 40 * (window + 1);
  return tokens ?? (isHuge ? Math.ceil(content.length / TOKEN_CHARACTERS) : estimateMessage(message));
}
