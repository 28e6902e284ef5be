import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

describe("a model's reply", () => {
  it.each([
    ["response", { response: "Hello." }, "Hello.", "stop"],
    ["response and usage", { response: "Hello.", usage }, "Hello.", "stop"],
    ["choices", { choices: [{ message: { content: "Hello." }, finish_reason: "stop" }], usage }, "Hello.", "stop"],
    [
      "choices, cut at the limit",
      { choices: [{ message: { content: "Hel" }, finish_reason: "length" }] },
      "Hel",
      "length",
    ],
    ["both", { response: "Hello.", choices: [{ message: { content: "Hello." } }] }, "Hello.", "stop"],
    ["a number", { response: 42 }, "42", "stop"],
    ["an object", { response: { name: "Ana" } }, '{"name":"Ana"}', "stop"],
    ["response null, but choices", { response: null, choices: [{ message: { content: "Hello." } }] }, "Hello.", "stop"],
    ["usage of another form", { response: "Hello.", usage: "free" }, "Hello.", "stop"],
  ])("is understood as %s", async (_form, reply, answer, finishReason) => {
    const session = freshSession();
    await scripted(session, reply);
    const response = await worker().ask(session, "Hi");
    expect(await response.json()).toMatchObject({
      answer,
      finishReason,
      usage:
        "usage" in reply && typeof reply.usage === "object"
          ? { promptTokens: 5, completionTokens: 2, totalTokens: 7 }
          : { totalTokens: expect.any(Number) },
    });
  });

  it("to a stream request may be plain JSON", async () => {
    const session = freshSession();
    await scripted(session, { response: "Hello." });
    const response = await worker().stream(session, "Hi");
    const text = await response.text();
    expect(text).toContain('event: delta\ndata: {"text":"Hello."}');
    expect(text).toContain("event: done");
  });
});
