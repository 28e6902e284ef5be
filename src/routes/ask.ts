import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { respond } from "../problem";
import { askRequest, type askResponse, resetRequest, type resetResponse } from "../schema";
import { type Answered, answer } from "../turn/turn";
import { askOf, modelFor, sessionOf } from "./context";
import { valid } from "./validate";

const toAnswer = (sessionId: string, turn: Answered): z.input<typeof askResponse> => ({
  answer: turn.answer,
  sessionId,
  turnId: turn.turnId,
  model: turn.model,
  finishReason: turn.finishReason,
  usage: turn.usage,
  memory: turn.memory,
});

export const ask = new Hono<AppEnv>()
  /** `POST /ask`: one question to a session; the answer is remembered when it is sent. */
  .post("/ask", valid("json", askRequest), async (c) => {
    const request = c.req.valid("json");
    const { sessionId } = request;
    const turn = answer(sessionOf(c, sessionId), modelFor(c, sessionId), askOf(c, request));
    // The turn goes on when the client is gone.
    c.executionCtx.waitUntil(turn.catch(() => {}));
    const result = await turn;
    return result.ok ? c.json(toAnswer(sessionId, result.value), 200) : respond(c, result.failure);
  })
  /** `POST /reset`: empties a session. */
  .post("/reset", valid("json", resetRequest), async (c) => {
    const { sessionId } = c.req.valid("json");
    const { deleted } = await sessionOf(c, sessionId).reset();
    const body: z.input<typeof resetResponse> = { ok: true, sessionId, deleted };
    return c.json(body, 200);
  });
