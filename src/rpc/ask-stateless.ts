import type { Context } from "hono";
import type { AppEnv } from "../env";
import { Llama } from "../llm/llama";
import { errorFields, log } from "../log";
import { countTokens } from "../quota";
import { budgetOf, measure } from "../turn/budget";
import { contextOf } from "../turn/conversation";
import { LiveTurn } from "../turn/live-turn";
import { noJournal } from "../turn/ports";
import { goOn } from "../turn/tool-calls";
import { answerTurn, streamReply, streamTurn, wholeReply } from "../turn/turn";
import type { AskReply } from "../turn/types";
import { encoderOf } from "../wire/forms";
import { modelOf, type SessionAsk } from "./call-session";
import { quotaOf, requireQuota } from "./call-tenant";

/** Runs a turn in the Worker, with what the client sent along and no memory; it ends with its client. */
export function askStateless(
  c: Context<AppEnv>,
  { ask: asked, before = [], results = [], form }: SessionAsk,
): Promise<AskReply> {
  requireQuota(c);
  const model = new Llama(c.env.AI, modelOf(c, asked));
  const opened = goOn(asked, before, results);
  if (!opened.ok) return Promise.resolve({ state: "failed", failure: opened.failure });
  const { ask, before: earlier } = opened.value;
  const turn = new LiveTurn({ id: crypto.randomUUID(), question: ask.question, createdAt: Date.now() });
  const measured = measure(ask);
  const context = contextOf(earlier, budgetOf(measured, model.window).context);
  const parts = { ask: measured, context, model, journal: noJournal };
  // A stream's client that leaves is not told to the stream: https://github.com/cloudflare/workerd/issues/6832
  c.req.raw.signal.addEventListener("abort", () => turn.fail({ reason: "turn_cancelled" }));
  const run = form ? streamTurn(turn, parts) : answerTurn(turn, parts);
  run.catch((error: unknown) => {
    log("error", "turn_failed", { requestId: c.var.requestId, ...errorFields(error) });
    turn.fail({ reason: "turn_interrupted" });
  });
  c.executionCtx.waitUntil(turn.ended.then(() => log("info", "turn", turn.summary)));
  c.executionCtx.waitUntil(turn.ended.then(() => countTokens(c.env.TENANT_DO, quotaOf(c), turn.used)));
  return form ? streamReply(turn, encoderOf(form, turn.identity.id)) : wholeReply(turn, false);
}
