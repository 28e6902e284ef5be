import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import {
  appendRequest,
  type appendResponse,
  historyQuery,
  type historyResponse,
  type message,
  type resetResponse,
  sessionParam,
  type sessionResponse,
} from "../schema";
import type { Message } from "../turn/ports";
import { sessionOf } from "./context";
import { valid } from "./validate";

const iso = (ms: number) => new Date(ms).toISOString();

/** A message as it goes over the wire. */
export const toWire = (stored: Message): z.input<typeof message> => ({ ...stored, createdAt: iso(stored.createdAt) });

export const sessions = new Hono<AppEnv>()
  /** `GET /sessions/:sessionId`: how much there is of a session; an unknown one is empty. */
  .get("/sessions/:sessionId", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { messages, tokens, firstAt, lastAt } = await sessionOf(c, sessionId).info();
    const body: z.input<typeof sessionResponse> = {
      sessionId,
      messages,
      tokens,
      firstAt: firstAt === null ? null : iso(firstAt),
      lastAt: lastAt === null ? null : iso(lastAt),
    };
    return c.json(body, 200);
  })
  /** `DELETE /sessions/:sessionId`: hard delete; nothing of the session is left. */
  .delete("/sessions/:sessionId", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { deleted } = await sessionOf(c, sessionId).destroy();
    const body: z.input<typeof resetResponse> = { ok: true, sessionId, deleted };
    return c.json(body, 200);
  })
  /** `GET /sessions/:sessionId/messages`: a page of the transcript, newest first. */
  .get("/sessions/:sessionId/messages", valid("param", sessionParam), valid("query", historyQuery), async (c) => {
    const { sessionId } = c.req.valid("param");
    using page = await sessionOf(c, sessionId).getHistory(c.req.valid("query"));
    const body: z.input<typeof historyResponse> = { data: page.messages.map(toWire), nextCursor: page.nextCursor };
    return c.json(body, 200);
  })
  /** `POST /sessions/:sessionId/messages`: appends messages that were said elsewhere, all or none. */
  .post("/sessions/:sessionId/messages", valid("param", sessionParam), valid("json", appendRequest), async (c) => {
    const { sessionId } = c.req.valid("param");
    const messages = c.req.valid("json").messages.map(({ createdAt, ...rest }) => ({
      ...rest,
      ...(createdAt !== undefined && { createdAt: Date.parse(createdAt) }),
    }));
    const { firstSeq, lastSeq } = await sessionOf(c, sessionId).append(messages);
    const body: z.input<typeof appendResponse> = { sessionId, appended: messages.length, firstSeq, lastSeq };
    return c.json(body, 201);
  });
