import { createMiddleware } from "hono/factory";
import { type AppEnv, type Env, settingsOf } from "../env";
import { FailureError } from "./respond";

const TENANT = /^([A-Za-z0-9_-]{1,64}):(.+)$/;

/** The tokens of a Worker, each with its tenant; empty for the default tenant. */
function tokensOf(env: Env): { tenant: string; token: string }[] {
  return settingsOf(env)
    .API_TOKENS.split(/[,\s]+/)
    .filter(Boolean)
    .map((entry) => {
      const [, tenant, token] = TENANT.exec(entry) ?? [];
      return tenant !== undefined && token !== undefined ? { tenant, token } : { tenant: "", token: entry };
    });
}

const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/** Lets those in who hold a token, as its tenant. Without tokens configured nobody is let in, unless AUTH is `off`. */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  c.set("tenant", "");
  if (settingsOf(c.env).AUTH === "off") return next();
  const tokens = tokensOf(c.env);
  if (tokens.length === 0) throw new FailureError({ reason: "not_configured" });
  const given = await digest(/^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "");
  let found: string | undefined;
  for (const { tenant, token } of tokens) {
    // Digests have one length, and all are compared, so that time tells nothing about a token.
    if (crypto.subtle.timingSafeEqual(given, await digest(token))) found ??= tenant;
  }
  if (found === undefined) throw new FailureError({ reason: "unauthorized" });
  c.set("tenant", found);
  return next();
});
