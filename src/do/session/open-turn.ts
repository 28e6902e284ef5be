/** Reads the input of a turn from its session when it is first in the queue. */
import { budgetOf } from "../../turn/budget";
import { ok, type Result } from "../../turn/result";
import { messagesBeforeAnswer, withResults } from "../../turn/tool-calls";
import type { Context, Message, NewMessage, PromptInput } from "../../turn/types";
import { beginContext, readContext, type Scope } from "../memory/context";
import type { Messages } from "../memory/messages";
import type { AskRequest } from "./ask-request";
import type { Opening } from "./opening";

/** The most tokens of an exchange that tool results continue: the largest window of a Llama is half of it. */
const MOST_TOKENS = 262_144;

/**
 * Reads the input and the context of a turn, and the messages that it stores before its answer. Stores no message.
 * @param at the time of the question, in milliseconds since 1970
 * @param window of the model, in tokens
 * @param replaced the last messages of the session, which the turn takes the place of
 * @returns `tool_results_unexpected` if the session's last answer did not make these calls
 */
export function openTurn(
  messages: Messages,
  { input: asked, before: earlier = [], results = [] }: AskRequest,
  at: number,
  window: number,
  { nearest, user }: Pick<Scope, "nearest" | "user">,
  replaced: Message[] = [],
): Result<{ input: PromptInput; context: Context; opening: Opening }> {
  const count = messages.count() - replaced.length;
  const begins = count === 0;
  const before = begins ? earlier : [];
  const exchange = results.length > 0 ? openExchange(messages) : [];
  const opened = withResults<NewMessage>(asked, begins ? before : exchange, results);
  if (!opened.ok) return opened;
  const { input } = opened.value;
  const budget = budgetOf(input, window);
  const scope = {
    total: count - exchange.length,
    end: replaced[0]?.seq ?? exchange[0]?.seq,
    timeZone: input.timeZone,
    now: at,
    nearest,
    user,
  };
  const context = begins
    ? beginContext(opened.value.before, budget, scope)
    : readContext(messages, input.question, budget, scope);
  const { question, name, questionTokens: tokens } = asked;
  const own = messagesBeforeAnswer(results, question, at, { name, tokens });
  return ok({ input, context, opening: { before, messages: own, replaced } });
}

/**
 * Returns the last question and all later messages if the last answer made calls; else nothing. Of an exchange that is
 * longer than MOST_TOKENS, only the question and the newest messages.
 */
function openExchange(messages: Messages): Message[] {
  const [newest] = messages.page(undefined, 1);
  const question = newest?.toolCalls ? messages.lastQuestion() : undefined;
  if (question === undefined) return [];
  const kept: Message[] = [];
  let left = MOST_TOKENS;
  for (const message of messages.backwards(messages.end().last)) {
    left -= message.tokens;
    if (message.seq === question || (left < 0 && kept.length > 0)) break;
    kept.push(message);
  }
  return [...messages.between(question - 1, question, 1), ...kept.reverse()];
}
