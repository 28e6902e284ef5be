import { expect, it } from "vitest";
import { contextOf } from "../../src/turn/conversation";
import { LiveTurn } from "../../src/turn/live-turn";
import type { Model } from "../../src/turn/ports";
import { failed, ok } from "../../src/turn/result";
import { streamTurn } from "../../src/turn/turn";
import { askRequest } from "../support/ask-request";

it("a streamed turn reports the prompt that was answered, after a reply that had to be requested again", async () => {
  const model: Model = {
    window: 8_192,
    complete: async () => failed({ reason: "model_busy" }),
    async stream(call) {
      call.prompt(8_192);
      return ok({
        model: "m",
        async read(onPart) {
          call.prompt(4_096);
          onPart({ kind: "text", text: "Hello." });
          return ok({ finishReason: "stop", usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 } });
        },
      });
    },
  };
  const { input } = askRequest("t", "Hello?");
  const turn = new LiveTurn({ id: "t", question: "Hello?", createdAt: 0 });
  await streamTurn(turn, model, input, contextOf([], 1_000));
  expect(await turn.ended).toMatchObject({ value: { answer: "Hello.", memory: { prompt: { modelWindow: 4_096 } } } });
});
