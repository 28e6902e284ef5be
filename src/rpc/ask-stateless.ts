import type { Context } from "hono";
import type { AppEnv, AskRequest } from "../env";
import { Llama } from "../llm/llama";
import { errorFields, log } from "../log";
import { countTokens } from "../quota";
import { budgetOf } from "../turn/budget";
import { contextOf } from "../turn/conversation";
import { LiveTurn } from "../turn/live-turn";
import { withResults } from "../turn/tool-calls";
import { answerTurn, finishedReply, streamReply, streamTurn } from "../turn/turn";
import type { AskReply } from "../turn/types";
import { encoderOf } from "../wire/forms";
import { modelOf } from "./call-session";
import { quotaOf, requireQuota } from "./call-tenant";

/** Runs a turn in the Worker, without memory. The turn is cancelled when the client leaves. */
export function askStateless(
  c: Context<AppEnv>,
  {
    input,
    model: options = modelOf(c, input),
    before = [],
    results = [],
    form,
  }: Partial<AskRequest> & Pick<AskRequest, "input">,
): Promise<AskReply> {
  requireQuota(c);
  const model = new Llama(c.env.AI, options);
  const opened = withResults(input, before, results);
  if (!opened.ok) return Promise.resolve({ state: "failed", failure: opened.failure });
  const turn = new LiveTurn({ id: crypto.randomUUID(), question: opened.value.input.question, createdAt: Date.now() });
  const context = contextOf(opened.value.before, budgetOf(opened.value.input, model.window).context);
  // A stream is not cancelled when its client leaves: https://github.com/cloudflare/workerd/issues/6832
  c.req.raw.signal.addEventListener("abort", () => turn.fail({ reason: "turn_cancelled" }));
  const run = form ? streamTurn : answerTurn;
  run(turn, model, opened.value.input, context).catch((error: unknown) => {
    log("error", "turn_failed", { requestId: c.var.requestId, turnId: turn.id, ...errorFields(error) });
    turn.fail({ reason: "internal" });
  });
  c.executionCtx.waitUntil(turn.ended.then(() => log("info", "turn", turn.summary)));
  c.executionCtx.waitUntil(turn.ended.then(() => countTokens(c.env, quotaOf(c), turn.used)));
  return form ? streamReply(turn, encoderOf(form, turn.id)) : finishedReply(turn, false);
}
