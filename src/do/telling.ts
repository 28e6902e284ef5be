/** Turns told in other forms: a running one as it would be stored, a stored one as its events. */
import type { FinishedTurn, StoredTurn, TurnEvent } from "../turn/ports";
import type { LiveTurn } from "./live";

const NOTHING = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };

/** What a live turn has come to, ended in some way before its end. */
function partial(live: LiveTurn, status: FinishedTurn["status"]): FinishedTurn {
  return {
    status,
    answer: live.answer,
    model: live.start?.model ?? "",
    finishReason: null,
    usage: NOTHING,
    memory: live.start?.memory ?? { tokens: 0, window: null, recalled: [], omitted: 0 },
  };
}

export const interruptedTurn = (live: LiveTurn): FinishedTurn => partial(live, "interrupted");
export const cancelledTurn = (live: LiveTurn): FinishedTurn => partial(live, "cancelled");

export const runningTurn = (live: LiveTurn): StoredTurn => ({
  ...partial(live, "complete"),
  status: "running",
  id: live.identity.id,
  question: live.identity.question,
  createdAt: live.identity.createdAt,
  finishedAt: null,
});

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
