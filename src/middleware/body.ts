import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { MAX_BODY } from "../limits";
import { FailureError } from "./respond";

/** Refuses bodies that are too large. */
export const limitBody = bodyLimit({
  maxSize: MAX_BODY,
  onError: () => {
    throw new FailureError({ reason: "body_too_large", limit: MAX_BODY });
  },
});

/** Refuses bodies of another type: Hono reads them as empty ones, and what is wrong would not be said. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  const type = raw.headers.get("content-type");
  const hasBody = raw.body !== null && raw.headers.get("content-length") !== "0";
  const isJson = type !== null && /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type);
  if (raw.method === "POST" && hasBody && !isJson) throw new FailureError({ reason: "unsupported_media_type" });
  return next();
});
