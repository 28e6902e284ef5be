/** The events of a turn, and the events that a client still needs. */
import { failed, ok, type Result } from "./result";
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

/** Returns a turn that has ended, or the failure that ended it. */
export function resultOf<T extends FinishedTurn | StoredTurn>(turn: T): Result<T & { status: "complete" }> {
  const { status } = turn;
  if (status === "complete") return ok({ ...turn, status });
  return failed({ reason: status === "cancelled" ? "turn_cancelled" : "turn_interrupted" });
}

/** Returns the events of a turn that has ended, with the answer in one `delta`. */
export function eventsOf(turn: FinishedTurn | StoredTurn): TurnEvent[] {
  const { answer, model, memory } = turn;
  const at = answer.length;
  const ended = resultOf(turn);
  return [
    { type: "start", model, memory },
    ...(turn.reasoning ? [{ type: "reasoning" as const, text: turn.reasoning }] : []),
    ...(at > 0 ? [{ type: "delta" as const, text: answer, at, ...(turn.refused && { refused: true }) }] : []),
    ended.ok ? { type: "done", finished: ended.value } : { type: "failed", failure: ended.failure, at },
  ];
}
