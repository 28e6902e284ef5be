import { type Context, Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { orThrow, respond } from "../middleware/respond";
import { unlessForeign } from "../middleware/scope";
import { valid } from "../middleware/validation";
import { askingOf, askOf, callSession, embeddingOf, limitsOf } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { type resetResponse, sessionParam } from "../schema/common-schema";
import {
  appendRequest,
  type appendResponse,
  contextRequest,
  type contextResponse,
  historyQuery,
  type historyResponse,
  searchQuery,
  searchRequest,
  type searchResponse,
  sessionChange,
  type sessionChanged,
  type sessionResponse,
} from "../schema/session-schema";
import { settingsOf } from "../settings";
import { memoryUsed } from "../turn/prompt";
import { ok } from "../turn/result";
import { fromMessage, isoOrNull, toMessage, toRecalled } from "../wire/to-json";

async function found(c: Context<AppEnv>, sessionId: string, { q, limit }: z.output<typeof searchRequest>) {
  const result = await callSession(c, sessionId, (stub) => stub.search(q, limit, embeddingOf(c), readerOf(c)));
  const messages = orThrow(unlessForeign(result, ok([])));
  const body: z.input<typeof searchResponse> = { data: messages.map((message) => toRecalled(sessionId, message)) };
  return body;
}

const NEVER_BEGUN = ok({ title: null, messages: 0, tokens: 0, firstAt: null, lastAt: null, vectors: 0 });

export const sessions = new Hono<AppEnv>()
  /** `GET /sessions/:sessionId`: how much there is of a session; an unknown one is empty. */
  .get("/sessions/:sessionId", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { EMBEDDING_MODEL } = settingsOf(c.env);
    const info = await callSession(c, sessionId, (stub) => stub.info(EMBEDDING_MODEL, readerOf(c)));
    const { title, messages, tokens, firstAt, lastAt, vectors } = orThrow(unlessForeign(info, NEVER_BEGUN));
    const body: z.input<typeof sessionResponse> = {
      sessionId,
      title,
      messages,
      tokens,
      firstAt: isoOrNull(firstAt),
      lastAt: isoOrNull(lastAt),
      ...(EMBEDDING_MODEL !== "" && { vectors }),
    };
    return c.json(body, 200);
  })
  /** `PATCH /sessions/:sessionId`: gives a session a title, in the place of the beginning of its first question. */
  .patch("/sessions/:sessionId", valid("param", sessionParam), valid("json", sessionChange), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { title } = c.req.valid("json");
    const renamed = await callSession(c, sessionId, (stub) => stub.rename(title));
    if (!renamed.ok) return respond(c, renamed.failure);
    const body: z.input<typeof sessionChanged> = { ok: true, sessionId, title };
    return c.json(body, 200);
  })
  /** `DELETE /sessions/:sessionId`: hard delete; nothing of the session is left. */
  .delete("/sessions/:sessionId", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.destroy()));
    const body: z.input<typeof resetResponse> = { ok: true, sessionId, deleted };
    return c.json(body, 200);
  })
  /** `GET /sessions/:sessionId/messages`: a page of the transcript, newest first. */
  .get("/sessions/:sessionId/messages", valid("param", sessionParam), valid("query", historyQuery), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { seq: seqs, ...asked } = c.req.valid("query");
    const result = await callSession(c, sessionId, (stub) =>
      seqs ? stub.pick(seqs, readerOf(c)) : stub.getHistory(asked, readerOf(c)),
    );
    const page = orThrow(unlessForeign(result, ok({ messages: [], nextCursor: null })));
    const body: z.input<typeof historyResponse> = { data: page.messages.map(toMessage), nextCursor: page.nextCursor };
    return c.json(body, 200);
  })
  /** `POST /sessions/:sessionId/messages`: appends messages that were said elsewhere, all or none. */
  .post("/sessions/:sessionId/messages", valid("param", sessionParam), valid("json", appendRequest), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { userId, messages: sent } = c.req.valid("json");
    const messages = sent.map(fromMessage);
    const asking = askingOf(c, sessionId, userId);
    const result = await callSession(c, sessionId, (stub) => stub.append(messages, limitsOf(c), asking), "once");
    if (!result.ok) return respond(c, result.failure);
    const body: z.input<typeof appendResponse> = { sessionId, appended: messages.length, ...result.value };
    return c.json(body, 201);
  })
  /** `GET /sessions/:sessionId/search`: the messages that fit a text best, best first. */
  .get("/sessions/:sessionId/search", valid("param", sessionParam), valid("query", searchQuery), async (c) =>
    c.json(await found(c, c.req.valid("param").sessionId, c.req.valid("query")), 200),
  )
  /** `POST …/search`: the same, for texts that are not to stand in a URL. */
  .post("/sessions/:sessionId/search", valid("param", sessionParam), valid("json", searchRequest), async (c) =>
    c.json(await found(c, c.req.valid("param").sessionId, c.req.valid("json")), 200),
  )
  /** `POST /sessions/:sessionId/context`: the exact prompt that an ask would send, and why. Writes nothing. */
  .post("/sessions/:sessionId/context", valid("param", sessionParam), valid("json", contextRequest), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { question, userId, timeZone, ...sizes } = c.req.valid("json");
    const asking = askingOf(c, sessionId, userId, askOf(c, { question, timeZone }));
    const result = await callSession(c, sessionId, (stub) => stub.context(asking, sizes));
    if (!result.ok) return respond(c, result.failure);
    const { messages, promptTokens, budget, context, shares } = result.value;
    const body: z.input<typeof contextResponse> = {
      model: settingsOf(c.env).MODEL,
      messages,
      promptTokens,
      budget,
      memory: {
        ...memoryUsed(context, shares),
        recalled: context.recalled.map((message) => toRecalled(sessionId, message)),
      },
    };
    return c.json(body, 200);
  });
