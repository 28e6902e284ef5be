import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { MAX_ASK_BODY } from "../limits";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { isSessionToken, unlessForeign } from "../middleware/scope";
import { valid } from "../middleware/validation";
import { callSession, sessionUserOf } from "../rpc/call-session";
import { readerOf } from "../rpc/call-user";
import { resetResponse } from "../schema/ask-schema";
import { sessionParam } from "../schema/common-schema";
import type { ResponseBody } from "../schema/response-body";
import { sessionChange, sessionChanged, sessionResponse } from "../schema/session-schema";
import { settingsOf } from "../settings";
import { ok } from "../turn/result";
import { isoOrNull } from "../wire/to-json";
import { CHANGE_FAILURES, type Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /sessions/:sessionId": {
    id: "session",
    summary: "Get a session",
    description: "Returns title, counts and times. An unknown session is empty.",
    response: sessionResponse,
    postman: [{ at: 80, name: "Get the session", includes: "Bees" }],
  },
  "PATCH /sessions/:sessionId": {
    id: "changeSession",
    summary: "Change a session",
    description:
      "Sets the title (default: the start of the session's first question), the instructions and the time zone. Absent fields stay. `reset` and `DELETE` delete all three. `userId` moves the session to another user: the former user's memory loses it, with the facts learned from it, and facts are learned from its turns for the new one, and from its appended messages if they were for the former one.",
    example: { title: "Bees" },
    response: sessionChanged,
    failures: [...CHANGE_FAILURES, "turn_cancelled", "session_empty", "session_queue_full", "user_being_deleted"],
    postman: [{ at: 70, name: "Give it a title" }],
  },
  "DELETE /sessions/:sessionId": {
    id: "deleteSession",
    summary: "Delete a session",
    description:
      "Deletes all messages, turns and settings for good, also from the memory of the session's user. Running turns are cancelled.",
    response: resetResponse,
    failures: CHANGE_FAILURES,
    postman: [
      { at: 30, name: "Start with an empty session" },
      { at: 140, name: "Empty another session", params: { sessionId: "{{sessionId}}-2" } },
    ],
  },
});

const UNUSED = ok({
  title: null,
  instructions: null,
  timeZone: null,
  messages: 0,
  tokens: 0,
  firstAt: null,
  lastAt: null,
  vectors: 0,
});

export const routes = new Hono<AppEnv>()
  .get("/sessions/:sessionId", route({ tokens: "session" }), valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { EMBEDDING_MODEL } = settingsOf(c.env);
    const info = await callSession(c, sessionId, (stub) => stub.info(EMBEDDING_MODEL, readerOf(c)));
    const { title, messages, tokens, firstAt, lastAt, vectors, instructions, timeZone } = orThrow(
      unlessForeign(info, UNUSED),
    );
    const body: ResponseBody<typeof sessionResponse> = {
      sessionId,
      title,
      messages,
      tokens,
      firstAt: isoOrNull(firstAt),
      lastAt: isoOrNull(lastAt),
      // Instructions may be secret from the people who talk with the model.
      ...(!isSessionToken(c) && { instructions, timeZone }),
      ...(EMBEDDING_MODEL !== "" && { vectors }),
    };
    return json(c, body, 200);
  })
  .patch(
    "/sessions/:sessionId",
    route({ maxBody: MAX_ASK_BODY }),
    valid("param", sessionParam),
    valid("json", sessionChange),
    async (c) => {
      const { sessionId } = c.req.valid("param");
      const { userId, ...change } = c.req.valid("json");
      const user = userId === undefined ? undefined : sessionUserOf(c, sessionId, userId);
      if (user) orThrow(await callSession(c, sessionId, (stub) => stub.move(user)));
      if (!user || Object.keys(change).length > 0)
        orThrow(await callSession(c, sessionId, (stub) => stub.change(change)));
      const body: ResponseBody<typeof sessionChanged> = { ok: true, sessionId, ...change, ...(user && { userId }) };
      return json(c, body, 200);
    },
  )
  .delete("/sessions/:sessionId", valid("param", sessionParam), async (c) => {
    const { sessionId } = c.req.valid("param");
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.destroy()));
    const body: ResponseBody<typeof resetResponse> = { ok: true, sessionId, deleted };
    return json(c, body, 200);
  });
