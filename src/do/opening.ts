/** How a turn opens when its place in line has come: what is asked, with what of the memory, and what of it is new. */
import { MAX_PAGE } from "../limits";
import { budgetOf, type MeasuredAsk, measure } from "../turn/budget";
import { contextOf } from "../turn/conversation";
import { goOn, openExchange, resultMessage } from "../turn/exchange";
import { ok, type Result } from "../turn/result";
import type { Ask, Context, Message, NewMessage, ToolResult } from "../turn/types";
import { readContext } from "./recall/context";
import type { Messages } from "./storage/messages";
import type { Opening } from "./storage/store";

/** What a client asks with. */
interface Asked {
  ask: Ask;
  before?: NewMessage[];
  results?: ToolResult[];
}

/** What the session knows besides. */
interface Known {
  /** When the question came, in milliseconds since 1970. */
  at: number;
  /** The window of the model, in tokens. */
  window: number;
  nearest: ((seq: number) => number[]) | undefined;
}

interface Opened {
  ask: MeasuredAsk;
  context: Context;
  opening: Opening;
}

export function open(
  messages: Messages,
  { ask, before: earlier = [], results = [] }: Asked,
  { at, window, nearest }: Known,
): Result<Opened> {
  const begins = messages.count() === 0;
  const before = begins ? earlier : [];
  const exchange = results.length === 0 ? [] : begins ? openExchange(before) : waiting(messages);
  const asked = results.length === 0 ? ok(ask) : goOn(ask, exchange, results);
  if (!asked.ok) return asked;
  const measured = measure(asked.value);
  const budget = budgetOf(measured, window);
  const context = begins
    ? contextOf(before.slice(0, before.length - exchange.length), budget.context)
    : readContext(messages, measured.question, budget, messages.end().last + 1 - exchange.length, nearest);
  const said = results.map((result): NewMessage => ({ ...resultMessage(result), createdAt: at }));
  if (ask.question !== "") {
    said.push({ role: "user", content: ask.question, createdAt: at, tokens: measured.questionTokens });
  }
  return ok({ ask: measured, context, opening: { before, said } });
}

/** The last question and what came after it, where functions were called there whose results have not come. */
function waiting(messages: Messages): Message[] {
  const { last } = messages.end();
  const [newest] = messages.between(last - 1, last, 1);
  const question = newest?.toolCalls ? messages.lastQuestion() : undefined;
  if (question === undefined) return [];
  const exchange: Message[] = [];
  let characters = 0;
  for (const message of messages.between(question - 1, last, last)) {
    exchange.push(message);
    characters += message.content.length;
    // More than any prompt has room for.
    if (characters > MAX_PAGE) return [];
  }
  return exchange;
}
