/** A turn's bytes as a response: they pass through natively, untouched. */
import type { Context, TypedResponse } from "hono";
import type { AppEnv } from "../env";
import { encoderOf, type Form } from "../wire/forms";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
};

/** Answers with a turn's bytes; where its object is lost in the middle, with the form's own error at the end. */
export function eventStream(
  c: Context<AppEnv>,
  { bytes, turnId, replayed = false }: { bytes: ReadableStream<Uint8Array>; turnId: string; replayed?: boolean },
  form: Form,
): Response & TypedResponse<string, 200, "text"> {
  const { readable, writable } = new IdentityTransformStream();
  bytes.pipeTo(writable, { preventAbort: true }).catch(async () => {
    const lost = encoderOf(form, turnId).encode({
      type: "failed",
      failure: { reason: "turn_interrupted" },
      at: null,
    });
    const writer = writable.getWriter();
    // Where it is the client that is gone, this fails too, and nobody is there to tell.
    await writer.write(new TextEncoder().encode(lost)).catch(() => {});
    await writer.close().catch(() => {});
  });
  // As text, so that a typed client of the route takes what is JSON of it for its answer: a stream has readers of its own.
  const response: Response = c.body(readable, 200, { ...HEADERS, ...(replayed && { "idempotency-replayed": "true" }) });
  return response as Response & TypedResponse<string, 200, "text">;
}
