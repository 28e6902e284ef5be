import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { respond } from "../middleware/respond";
import { signSessionToken } from "../middleware/session-token";
import { valid } from "../middleware/validation";
import { tokenRequest, type tokenResponse } from "../schema/common-schema";
import { settingsOf } from "../settings";
import { iso } from "../wire/to-json";

/** `POST /tokens`: a short-lived token for a browser, to ask, read, follow and cancel in the sessions, or as the user, it names. */
export const sessionTokens = new Hono<AppEnv>().post("/tokens", valid("json", tokenRequest), async (c) => {
  const { SESSION_KEY } = settingsOf(c.env);
  if (SESSION_KEY === "") return respond(c, { reason: "session_key_missing" });
  const { sessionIds: sessions, userId, expiresIn } = c.req.valid("json");
  const exp = Math.floor(Date.now() / 1_000) + expiresIn;
  const token = await signSessionToken({ digest: c.var.caller.digest, sessions, userId, exp }, SESSION_KEY);
  const body: z.input<typeof tokenResponse> = { token, expiresAt: iso(exp * 1_000) };
  return c.json(body, 201);
});
