import { type Context, Hono } from "hono";
import type * as z from "zod/mini";
import type { AppEnv } from "../env";
import { MAX_ASK_BODY } from "../limits";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { unlessForeign } from "../middleware/scope";
import { valid } from "../middleware/validation";
import { askRequestOf, callSession, embeddingOf, promptInputOf } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { sessionParam } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import { contextRequest, contextResponse, searchQuery, searchRequest, searchResponse } from "../schema/search-schema";
import { settingsOf } from "../settings";
import { memoryUsed } from "../turn/prompt";
import { ok } from "../turn/result";
import { toRecalled } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions/:sessionId/search": {
    id: "search",
    summary: "Search a session",
    description:
      "Returns the messages that match a text best, best first. The text becomes part of the URL. `explain` adds rank and score by part of the messages that you name.",
    response: searchResponse,
    postman: [{ at: 100, name: "Search", query: { q: "honey" }, includes: "ripe in July" }],
  },
  "POST /sessions/:sessionId/search": {
    id: "searchByPost",
    summary: "Search a session with the text in the body",
    description: "Finds the same as `GET`. URLs appear in the logs of proxies; bodies do not.",
    example: { q: "honey" },
    response: searchResponse,
    postman: [{ at: 110, name: "Search with the text in the body", includes: "ripe in July" }],
  },
  "POST /sessions/:sessionId/context": {
    id: "context",
    summary: "Preview a prompt",
    description:
      "Returns the messages that an ask of this question would send to the model, with the reasons and the budget. Stores nothing and does not call the model.",
    example: { question: "When is the honey ripe?" },
    response: contextResponse,
    failures: ["prompt_too_long", "session_of_another_user"],
    postman: [{ at: 120, name: "Preview the prompt", includes: "ripe in July" }],
  },
});

async function search(
  c: Context<AppEnv>,
  sessionId: string,
  { q, limit, timeZone = settingsOf(c.env).TIME_ZONE, explain }: z.output<typeof searchRequest>,
) {
  const request = { text: q, limit, timeZone, explain, embedding: embeddingOf(c) };
  const result = await callSession(c, sessionId, (stub) => stub.search(request, readerOf(c)));
  const { recalled, explained } = orThrow(unlessForeign(result, ok({ recalled: [], explained: explain && [] })));
  const body: ResponseBody<typeof searchResponse> = {
    data: recalled.map((message) => toRecalled(sessionId, message)),
    explained,
  };
  return body;
}

const sessionTokens = route({ tokens: "session" });

export const routes = new Hono<AppEnv>()
  .get(
    "/sessions/:sessionId/search",
    sessionTokens,
    valid("param", sessionParam),
    valid("query", searchQuery),
    async (c) => json(c, await search(c, c.req.valid("param").sessionId, c.req.valid("query")), 200),
  )
  .post(
    "/sessions/:sessionId/search",
    sessionTokens,
    valid("param", sessionParam),
    valid("json", searchRequest),
    async (c) => json(c, await search(c, c.req.valid("param").sessionId, c.req.valid("json")), 200),
  )
  .post(
    "/sessions/:sessionId/context",
    route({ maxBody: MAX_ASK_BODY }),
    valid("param", sessionParam),
    valid("json", contextRequest),
    async (c) => {
      const { sessionId } = c.req.valid("param");
      const { question, userId, timeZone, ...options } = c.req.valid("json");
      const request = askRequestOf(c, sessionId, userId, { input: promptInputOf(c, { question, timeZone }) });
      const result = orThrow(await callSession(c, sessionId, (stub) => stub.context(request, options)));
      const { messages, promptTokens, budget, context, shares } = result;
      const body: ResponseBody<typeof contextResponse> = {
        model: settingsOf(c.env).MODEL,
        messages,
        promptTokens,
        budget,
        memory: {
          ...memoryUsed(context, shares),
          recalled: context.recalled.map((message) => toRecalled(sessionId, message)),
        },
        explained: context.explained,
      };
      return json(c, body, 200);
    },
  );
