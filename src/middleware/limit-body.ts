import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { FailureError } from "./respond";
import { rulesOf } from "./route";

/** Refuses a body that is larger than its route allows (`maxBody`). Reads a body of unknown length to the end. */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  const { maxBody } = rulesOf(c);
  const { raw } = c.req;
  if (maxBody === null) return next();
  const check = (size: number) => {
    if (size > maxBody) throw new FailureError({ reason: "body_too_large", limit: maxBody });
  };
  const length = raw.headers.get("content-length");
  if (length !== null && !raw.headers.has("transfer-encoding")) {
    check(Number(length));
    return next();
  }
  if (!raw.body) return next();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of raw.body) {
    size += chunk.length;
    check(size);
    chunks.push(chunk);
  }
  c.req.raw = new Request(raw, { body: new Blob(chunks) });
  return next();
});
