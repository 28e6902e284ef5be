import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { FailureError } from "./respond";

/** Refuses a body that is not JSON. Hono would read it as an empty one, and the error would not name the cause. */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  const type = raw.headers.get("content-type");
  const hasBody = raw.body !== null && raw.headers.get("content-length") !== "0";
  const isJson = type !== null && /^application\/(?:[\w.+-]+\+|x-nd)?json\s*(?:;|$)/i.test(type);
  if (["POST", "PATCH"].includes(raw.method) && hasBody && !isJson)
    throw new FailureError({ reason: "unsupported_media_type" });
  return next();
});
