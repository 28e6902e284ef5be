import type { Encode } from "../turn/types";
import { problemOf } from "./problem";
import { toAnswer, toMemory } from "./to-json";

/** The stream of `POST /ask`. */
export interface AskForm {
  name: "ask";
  sessionId: string;
  /** The request id of the problem in an `error` event. */
  requestId: string;
}

/**
 * Encodes the native stream. An event's id contains the turn and the number of characters sent so far; the last event's
 * id ends with `:done`. An event without an id leaves the client's last id unchanged.
 */
export function askEvents({ sessionId, requestId }: AskForm, turnId: string): Encode {
  const encode = (event: string, at: number | string | null, data: unknown) =>
    `${at === null ? "" : `id: ${turnId}:${at}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  return (event) => {
    switch (event.type) {
      case "start":
        return encode("start", 0, { sessionId, turnId, model: event.model, memory: toMemory(sessionId, event.memory) });
      case "delta":
        return encode("delta", event.at, { text: event.text });
      case "reasoning":
        return "";
      case "done":
        return encode("done", `${event.finished.answer.length}:done`, toAnswer(sessionId, turnId, event.finished));
      case "failed":
        return encode("error", event.at === null ? null : `${event.at}:done`, problemOf(event.failure, requestId));
    }
  };
}
