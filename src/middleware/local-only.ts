import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { settingsOf } from "../settings";
import { FailureError } from "./respond";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** With `LOCAL_ONLY`, refuses requests that name another host than this machine, as pages of other sites do (DNS rebinding). */
export const localOnly = createMiddleware<AppEnv>((c, next) => {
  const isLocal = settingsOf(c.env).LOCAL_ONLY === "true";
  if (isLocal && !LOOPBACK.test(new URL(c.req.url).hostname)) throw new FailureError({ reason: "local_only" });
  return next();
});
