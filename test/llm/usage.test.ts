import { afterAll, describe, expect, it } from "vitest";
import { scripted, unscripted } from "../support/scripted-model";
import { exported, imported } from "../support/transfer";
import { ask, CALLS, weather } from "../support/weather";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

afterAll(unscripted);

describe("usage", () => {
  it("passes cached tokens on, and counts reasoning where the model counts nothing", async () => {
    const [session, other] = [freshSession(), freshSession()];
    const usage = { prompt_tokens: 50, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 16 } };
    await scripted(session, { choices: [{ message: { content: "Hi." } }], usage });
    const cached = await llamory.post("/v1/responses", { input: "Hi", conversation: session });
    expect(await cached.json()).toMatchObject({ usage: { input_tokens_details: { cached_tokens: 16 } } });
    const message = { content: "Hi.", reasoning: "word ".repeat(200) };
    await scripted(other, { choices: [{ message }], usage: { prompt_tokens: 0, completion_tokens: 0.5 } });
    const { usage: counted } = await (await llamory.ask(other, "Hi")).json<{ usage: Record<string, number> }>();
    expect(counted.promptTokens).toBeGreaterThan(10);
    expect(counted.completionTokens).toBeGreaterThan(150);
  });

  it("leaves out the ids that calls get here, where the model counts nothing", async () => {
    await scripted(null, CALLS);
    const body = { messages: [ask], tools: [weather] };
    const { usage } = await (await llamory.post("/v1/chat/completions", body)).json<{
      usage: Record<string, number>;
    }>();
    expect(usage.completion_tokens).toBeLessThan(30);
  });

  it("omits counts that no call can have, so that the session can be exported and imported", async () => {
    const session = freshSession();
    const most = Number.MAX_SAFE_INTEGER;
    await scripted(session, { response: "Hi.", usage: { prompt_tokens: most, completion_tokens: most } });
    const { usage } = await (await llamory.ask(session, "Hi")).json<{ usage: Record<string, number> }>();
    expect(usage.totalTokens).toBeLessThan(1_000);
    expect((await imported(freshSession(), await exported(session))).status).toBe(201);
  });
});
