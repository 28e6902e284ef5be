/** Turn events -> server-sent events. */
import { problemOf } from "../problem";
import type { TurnEvent } from "../turn/types";
import { toAnswer } from "./json";

/** Milliseconds between two comments that keep proxies from closing a silent stream. */
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

/** One event of the wire: `id` is the turn's and how many characters of its answer have been sent. */
function encode(event: string, turnId: string, at: number, data: unknown): string {
  return `id: ${turnId}:${at}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** How a turn's event is told to a client. */
export function toServerSentEvent(event: TurnEvent, turnId: string, sessionId: string, requestId: string): string {
  switch (event.type) {
    case "start": {
      const { model, memory } = event;
      return encode("start", turnId, 0, { sessionId, turnId, model, memory });
    }
    case "delta":
      return encode("delta", turnId, event.at, { text: event.text });
    case "done": {
      const { finished } = event;
      return encode("done", turnId, finished.answer.length, toAnswer(sessionId, { turnId, ...finished }));
    }
    case "failed":
      return encode("error", turnId, event.at, problemOf(event.failure, requestId));
  }
}

/**
 * A body of events that never waits for its reader, and drops what it has when the reader is gone.
 * @param tell what goes over the wire for an event; empty for nothing
 */
export function eventStream<T>(events: ReadableStream<T>, tell: (event: T) => string): ReadableStream<Uint8Array> {
  const reader = events.getReader();
  let heartbeat: ReturnType<typeof setInterval> | null = null;
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(": still here\n\n")), HEARTBEAT_MS);
      const pump = async () => {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          const text = tell(value);
          if (text !== "") controller.enqueue(encoder.encode(text));
        }
        clearInterval(heartbeat);
        controller.close();
      };
      // A reader that is gone has cancelled; there is nobody to tell.
      pump().catch(() => clearInterval(heartbeat));
    },
    async cancel() {
      clearInterval(heartbeat);
      await reader.cancel();
    },
  });
}

export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
};
