import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { FailureError } from "./respond";
import { rulesOf } from "./route";

/** Refuses a body that is larger than its route allows (`maxBody`). */
export const limitBody = createMiddleware<AppEnv>((c, next) => {
  const { maxBody } = rulesOf(c);
  if (maxBody === null) return next();
  const onError = () => {
    throw new FailureError({ reason: "body_too_large", limit: maxBody });
  };
  return bodyLimit({ maxSize: maxBody, onError })(c, next);
});
