import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { MAX_APPEND_BODY, MAX_BODY } from "../limits";
import { FailureError } from "./respond";

const upTo = (limit: number) =>
  bodyLimit({
    maxSize: limit,
    onError: () => {
      throw new FailureError({ reason: "body_too_large", limit });
    },
  });

const [append, other] = [upTo(MAX_APPEND_BODY), upTo(MAX_BODY)];

/** Refuses bodies that are too large for their route; an import counts while it reads, because this reads it whole. */
export const limitBody = createMiddleware<AppEnv>((c, next) => {
  if (/^\/sessions\/[^/]+\/import$/.test(c.req.path)) return next();
  return (/^\/sessions\/[^/]+\/messages$/.test(c.req.path) ? append : other)(c, next);
});

/** Refuses bodies of another type: Hono reads them as empty ones, and what is wrong would not be said. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  const type = raw.headers.get("content-type");
  const hasBody = raw.body !== null && raw.headers.get("content-length") !== "0";
  const isJson = type !== null && /^application\/(?:[\w.+-]+\+|x-nd)?json\s*(?:;|$)/i.test(type);
  if (["POST", "PATCH"].includes(raw.method) && hasBody && !isJson)
    throw new FailureError({ reason: "unsupported_media_type" });
  return next();
});
