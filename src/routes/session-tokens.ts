import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { FailureError } from "../middleware/respond";
import { signSessionToken } from "../middleware/session-token";
import { valid } from "../middleware/validation";
import type { ResponseBody } from "../schema/response-body";
import { tokenRequest, tokenResponse } from "../schema/token-schema";
import { settingsOf } from "../settings";
import { iso } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "POST /tokens": {
    id: "makeToken",
    summary: "Create a session token for a browser",
    description:
      "The token may ask, read, follow and cancel in the named sessions, or in all sessions of the named user. A user's token may also read and change that user's facts. It cannot be revoked by itself: it ends when it expires, or when the API token that created it is removed.",
    example: { sessionIds: ["a"], expiresIn: 600 },
    status: 201,
    response: tokenResponse,
    failures: ["session_key_missing"],
    postman: [
      { at: 290, name: "Create a token for a browser", body: { sessionIds: ["{{sessionId}}"], expiresIn: 600 } },
    ],
  },
});

export const routes = new Hono<AppEnv>().post("/tokens", valid("json", tokenRequest), async (c) => {
  const { SESSION_KEY } = settingsOf(c.env);
  if (SESSION_KEY === "") throw new FailureError({ reason: "session_key_missing" });
  const { sessionIds: sessions, userId, expiresIn } = c.req.valid("json");
  const exp = Math.floor(Date.now() / 1_000) + expiresIn;
  const token = await signSessionToken({ digest: c.var.caller.digest, sessions, userId, exp }, SESSION_KEY);
  const body: ResponseBody<typeof tokenResponse> = { token, expiresAt: iso(exp * 1_000) };
  return json(c, body, 201);
});
