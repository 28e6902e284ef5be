import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env";
import { utf8Decoder } from "../schema/utf8-decoder";
import { FailureError } from "./respond";
import { rulesOf } from "./route";

/** Some clients send `text/json`, or the header twice. */
export const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+|x-nd)?|text\/)json\s*(?:[;,]|$)/i;

/** The bytes of a body that are decoded at once. */
const PART = 65_536;

/**
 * Refuses a body of another type than JSON, or with a `Content-Encoding`: it would be read as an empty one, and the error
 * would not name the cause. Refuses bytes that are not UTF-8: they would be stored as other characters.
 */
export const requireJson = createMiddleware<AppEnv>(async (c, next) => {
  const { raw } = c.req;
  const type = raw.headers.get("content-type");
  const length = raw.headers.get("content-length");
  const hasBody = length === null ? raw.body !== null : length !== "0";
  if (!["POST", "PATCH"].includes(raw.method) || !hasBody) return next();
  if (type === null || !JSON_TYPE.test(type)) throw new FailureError({ reason: "unsupported_media_type" });
  const encoding = raw.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") throw new FailureError({ reason: "unsupported_encoding" });
  // An import decodes its lines while it reads them.
  if (rulesOf(c).maxBody === null) return next();
  const text = await decoded(raw);
  // Hono keeps a promise here; its type says text.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
  return next();
});

/**
 * Decodes a body. Decodes a long one in parts, because workerd needs 12 bytes of memory for each byte of a text that is
 * not ASCII while it decodes it.
 */
async function decoded(raw: Request): Promise<string> {
  const decode = utf8Decoder();
  const length = Number(raw.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  if (length <= PART || !raw.body) return decode(await raw.arrayBuffer());
  const reader = raw.body.getReader({ mode: "byob" });
  let text = "";
  let part = new Uint8Array(PART);
  for (;;) {
    const { done, value } = await reader.readAtLeast(PART, part);
    text += decode(value, { stream: !done });
    if (done) return text;
    part = new Uint8Array(value.buffer);
  }
}
