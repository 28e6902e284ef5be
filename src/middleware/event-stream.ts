import type { Context, TypedResponse } from "hono";
import type { AppEnv } from "../env";
import { encoderOf, type Form } from "../wire/forms";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
};

/**
 * Answers with a turn's encoded events, which pass through unchanged. If the turn's object is lost, the stream ends with
 * the form's error event. Typed as text: typed clients then infer JSON from the route's other answer.
 */
export function eventStream(
  c: Context<AppEnv>,
  turn: { bytes: ReadableStream<Uint8Array>; turnId: string; replayed?: boolean },
  form: Form,
): Response & TypedResponse<string, 200, "text">;
export function eventStream(
  c: Context<AppEnv>,
  { bytes, turnId, replayed }: { bytes: ReadableStream<Uint8Array>; turnId: string; replayed?: boolean },
  form: Form,
): Response {
  const { readable, writable } = new IdentityTransformStream();
  bytes.pipeTo(writable, { preventAbort: true }).catch(async () => {
    const lost = encoderOf(form, turnId).encode({
      type: "failed",
      failure: { reason: "turn_interrupted" },
      at: null,
    });
    // Fails too if the client has left.
    await new Blob([lost])
      .stream()
      .pipeTo(writable)
      .catch(() => {});
  });
  return c.body(readable, 200, { ...HEADERS, ...(replayed && { "idempotency-replayed": "true" }) });
}
