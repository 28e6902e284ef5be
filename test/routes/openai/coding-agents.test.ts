import { describe, expect, it } from "vitest";
import { scripted } from "../../support/scripted-model";
import { ask, CALLS, weather } from "../../support/weather";
import { freshSession, worker } from "../../support/worker";

// The window of a model that the catalogue does not know is CONTEXT_TOKENS.
const llamory = worker({ MODEL: "own-model", FALLBACK_MODEL: "", CONTEXT_TOKENS: "8192" });

/** Offers a function with a description of this many characters, as coding agents do. */
async function offered(characters: number) {
  const session = freshSession();
  await scripted(session, CALLS);
  const described = { ...weather, function: { ...weather.function, description: "word ".repeat(characters / 5) } };
  const body = { messages: [ask], tools: [described] };
  return (await llamory.post("/v1/chat/completions", body, { "x-session-id": session })).text();
}

describe("the description of a function", () => {
  it("may be as long as that of a coding agent's subagents", async () => {
    expect(await offered(12_000)).toContain('"finish_reason":"tool_calls"');
  });

  it("that makes the prompt too long gets the words by which agents know that they must shorten it", async () => {
    expect(await offered(60_000)).toContain("prompt is too long");
  });

  it("is refused by its name where it is longer than a schema may be", async () => {
    expect(await offered(70_000)).toContain('"param":"tools.0.function.description"');
  });
});
