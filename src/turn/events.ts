/** The events of a turn, and the events that a client still needs. */
import type { FinishedTurn, StoredTurn, TurnEvent } from "./types";

/** Returns whether an event ends its turn. */
export const isLast = (event: TurnEvent): boolean => event.type === "done" || event.type === "failed";

/** Returns the events that a client still needs. @param after characters of the answer it has; null: no events */
export function eventsAfter(events: readonly TurnEvent[], after: number | null): TurnEvent[] {
  if (after === null) return [...events];
  return events.flatMap((event): TurnEvent[] => {
    if (event.type === "start" || event.type === "reasoning") return [];
    if (event.type !== "delta") return [event];
    const missing = event.at - after;
    if (missing <= 0) return [];
    return [missing >= event.text.length ? event : { ...event, text: event.text.slice(-missing) }];
  });
}

/** Returns the events of a turn that has ended, with the answer in one `delta`. */
export function eventsOf(turn: FinishedTurn | StoredTurn): TurnEvent[] {
  const { answer, model, memory } = turn;
  const at = answer.length;
  return [
    { type: "start", model, memory },
    ...(turn.reasoning ? [{ type: "reasoning" as const, text: turn.reasoning }] : []),
    ...(at > 0 ? [{ type: "delta" as const, text: answer, at, ...(turn.refused && { refused: true }) }] : []),
    lastEvent(turn, at),
  ];
}

function lastEvent(turn: FinishedTurn | StoredTurn, at: number): TurnEvent {
  const { status, answer, toolCalls, model, finishReason, usage, memory, reasoning, refused } = turn;
  switch (status) {
    case "complete":
      return {
        type: "done",
        finished: { status, answer, toolCalls, model, finishReason, usage, memory, reasoning, refused },
      };
    case "cancelled":
      return { type: "failed", failure: { reason: "turn_cancelled" }, at };
    case "interrupted":
    case "running":
      return { type: "failed", failure: { reason: "turn_interrupted" }, at };
  }
}
