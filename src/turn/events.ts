/** The events of a turn, and which of them a client still needs. */
import type { FinishedTurn, StoredTurn, TurnEvent } from "./types";

/** Whether nothing comes after this event. */
export const isLast = (event: TurnEvent): boolean => event.type === "done" || event.type === "failed";

/** The events that a client still needs, given how many characters of the answer it has; null: it has nothing. */
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

/** The events of a turn that is over, its answer in one piece. */
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
