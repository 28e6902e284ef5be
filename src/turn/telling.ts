/** What a model says -> what its turn tells. */
import type { promptFor } from "./budget";
import { memoryUsed } from "./prompt";
import type { Failure, FinishedTurn, ModelStream, TurnEvent } from "./types";

/** The events of a turn that is being answered; the last one is `done` or `failed`. */
export async function* telling(
  { model, events }: ModelStream,
  prompt: ReturnType<typeof promptFor>,
  cancelled: AbortSignal,
): AsyncGenerator<TurnEvent> {
  const memory = memoryUsed(prompt.sent().context);
  let answer = "";
  const failure = (reason: Failure): TurnEvent => ({ type: "failed", failure: reason, at: answer.length });
  yield { type: "start", model, memory };
  // Half a character waits for its other half: neither can be told alone in UTF-8.
  let half = "";
  for await (const event of events) {
    switch (event.type) {
      case "text": {
        const text = half + event.text;
        half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? "";
        const whole = text.slice(0, text.length - half.length).toWellFormed();
        if (whole === "") break;
        answer += whole;
        yield { type: "delta", text: whole, at: answer.length };
        break;
      }
      case "failed":
        yield failure(event.failure);
        return;
      case "end": {
        const finished: FinishedTurn = {
          status: "complete",
          answer,
          model,
          finishReason: event.finishReason,
          usage: event.usage ?? prompt.estimatedUsage(answer),
          memory,
        };
        yield { type: "done", finished };
        return;
      }
    }
  }
  yield failure({ reason: cancelled.aborted ? "turn_cancelled" : "model_interrupted" });
}
