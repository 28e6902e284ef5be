/** How a turn opens when its place in line has come: what is asked, with what of the memory, and what of it is new. */
import { budgetOf, type MeasuredAsk, measure } from "../../turn/budget";
import { ok, type Result } from "../../turn/result";
import { goOn, saidOf } from "../../turn/tool-calls";
import type { Ask, Context, Message, NewMessage, ToolResult } from "../../turn/types";
import { beginContext, readContext, type Scope } from "../memory/context";
import type { Messages } from "../memory/messages";
import type { Opening } from "./store";

/** What an exchange may have that a turn goes on with: more than any model has room for. */
const MOST_TOKENS = 262_144;

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
  nearest: Scope["nearest"];
  user: Scope["user"];
}

interface Opened {
  ask: MeasuredAsk;
  context: Context;
  opening: Opening;
}

/** Reads what a turn needs of its session; writes nothing. Fails where results came that nothing waits for. */
export function openTurn(
  messages: Messages,
  { ask, before: earlier = [], results = [] }: Asked,
  { at, window, nearest, user }: Known,
): Result<Opened> {
  const count = messages.count();
  const begins = count === 0;
  const before = begins ? earlier : [];
  const exchange = results.length > 0 ? waiting(messages) : [];
  const opened = goOn(ask, begins ? before : exchange, results);
  if (!opened.ok) return opened;
  const measured = measure(opened.value.ask);
  const budget = budgetOf(measured, window);
  const context = begins
    ? beginContext(opened.value.before, budget, { user, timeZone: ask.timeZone })
    : readContext(messages, measured.question, budget, {
        total: count - exchange.length,
        end: exchange[0]?.seq,
        timeZone: ask.timeZone,
        nearest,
        user,
      });
  const said = saidOf(results, ask.question, at, measured.questionTokens);
  return ok({ ask: measured, context, opening: { before, said } });
}

/** The last question and what came after it, where functions were called there whose results have not come. */
function waiting(messages: Messages): Message[] {
  const { last, tokens } = messages.end();
  const [newest] = messages.between(last - 1, last, 1);
  const question = newest?.toolCalls ? messages.lastQuestion() : undefined;
  if (question === undefined || tokens - messages.end(question).tokens > MOST_TOKENS) return [];
  return [...messages.between(question - 1, last, last)];
}
