import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { settingsOf } from "../settings";
import { FailureError } from "./respond";

const LOOPBACK = /^((.+\.)?localhost|127\.[\d.]+|\[::1\])$/;

const isLoopback = (url: string) => LOOPBACK.test(URL.parse(url)?.hostname ?? "");

/**
 * With `LOCAL_ONLY`, refuses requests that name another host than this machine, as pages of other sites do (DNS rebinding),
 * and requests that a browser sends for such a page, unless `CORS_ORIGINS` allows it. Apps and extensions have origins of
 * other schemes.
 */
export const localOnly = createMiddleware<AppEnv>((c, next) => {
  const { LOCAL_ONLY, CORS_ORIGINS } = settingsOf(c.env);
  if (LOCAL_ONLY === "false") return next();
  const origin = c.req.header("origin") ?? "";
  const isPage = /^(http|null$)/.test(origin);
  const isAllowed = !isPage || isLoopback(origin) || ["*", origin].some((one) => CORS_ORIGINS.includes(one));
  if (!isLoopback(c.req.url) || !isAllowed) throw new FailureError({ reason: "local_only" });
  return next();
});
