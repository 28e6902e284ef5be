/** Turn events as bytes, one JSON text a line: how they travel between the Worker and the session's object. */
import type { FinishedTurn, StoredTurn, TurnEvent } from "./types";

const encoder = new TextEncoder();

export const encodeEvent = (event: TurnEvent): Uint8Array => encoder.encode(`${JSON.stringify(event)}\n`);

/** Whether a turn says nothing more after this event. */
export const isLast = (event: TurnEvent): boolean => event.type === "done" || event.type === "failed";

/**
 * The events of a stream of bytes, however it is split.
 * @param signal cancels the stream and ends the events
 */
export async function* decodeEvents(
  bytes: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<TurnEvent> {
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  signal?.addEventListener("abort", () => {
    reader.cancel().catch(() => {});
  });
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The events that a client has not seen which knows so many characters of the answer; null: none at all. */
export function eventsAfter(events: Iterable<TurnEvent>, after: number | null): TurnEvent[] {
  return [...events].flatMap((event): TurnEvent[] => {
    if (after === null) return [event];
    if (event.type === "start") return [];
    if (event.type !== "delta") return [event];
    const missing = event.at - after;
    if (missing <= 0) return [];
    return [missing >= event.text.length ? event : { ...event, text: event.text.slice(-missing) }];
  });
}

/** The events of a turn that is over, its answer in one piece. */
export function eventsOf(turn: FinishedTurn | StoredTurn): TurnEvent[] {
  const { answer, model, memory } = turn;
  const at = answer.length;
  return [
    { type: "start", model, memory },
    ...(at > 0 ? [{ type: "delta" as const, text: answer, at }] : []),
    ending(turn, at),
  ];
}

function ending(turn: FinishedTurn | StoredTurn, at: number): TurnEvent {
  const { status, answer, model, finishReason, usage, memory } = turn;
  switch (status) {
    case "complete":
      return { type: "done", finished: { status, answer, model, finishReason, usage, memory } };
    case "cancelled":
      return { type: "failed", failure: { reason: "turn_cancelled" }, at };
    case "interrupted":
    case "running":
      return { type: "failed", failure: { reason: "turn_interrupted" }, at };
  }
}
