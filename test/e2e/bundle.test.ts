import { describe, expect, inject, it } from "vitest";
import { json, post, serve } from "./support/http";
import { MOST_APPENDS, ordinaryAppendMs } from "./support/ordinary";
import { HAS_PROC, NO_PROC, Workerd } from "./support/workerd";

const aiError = (internalCode: number, description: string) => ({ name: "AiError", internalCode, description });

describe("the deployed bundle, with the runtime's own Workers AI client", () => {
  it("asks the model and remembers", async () => {
    await using upstream = await serve((_, response) => json(response, 200, { response: "Hello Ana." }));
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    for (const question of ["I am Ana.", "Who am I?"]) {
      const response = await post(`${server.url}/ask`, { sessionId: "a", question });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        answer: "Hello Ana.",
        model: "@cf/meta/llama-3.1-8b-instruct-fast",
      });
    }
    expect(upstream.received[1]?.headers).toMatchObject({
      "cf-consn-model-id": "@cf/meta/llama-3.1-8b-instruct-fast",
      "x-session-affinity": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(upstream.received[1]?.body).toMatchObject({
      inputs: {
        messages: [
          { role: "system" },
          { role: "user", content: expect.stringMatching(/^\[\w{3} \d{4}-\d\d-\d\d\] I am Ana\.$/) },
          { role: "assistant", content: "Hello Ana." },
          { role: "user", content: "Who am I?" },
        ],
        max_tokens: 1024,
      },
    });
  });

  it("names the fields of an invalid request, and says what they must be", async () => {
    await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
    await server.start();
    const response = await post(`${server.url}/ask`, { sessionId: "a", question: 7, maxTokens: 0 });
    expect(await response.json()).toMatchObject({
      errors: [
        { path: "question", message: "Invalid input: expected string, received number" },
        { path: "maxTokens", message: "Too small: expected number to be >=1" },
      ],
    });
  });

  it("asks it in the same words through the entrypoint that `start:cloudflare` binds, JSON and streams", async () => {
    await using upstream = await serve(({ body }, response) => {
      if (!(body as { inputs: { stream?: boolean } }).inputs.stream) return json(response, 200, { response: "Hello." });
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`data: ${JSON.stringify({ response: "Hello." })}\n\ndata: [DONE]\n\n`);
    });
    const ai = { upstream: upstream.address };
    for (const options of [ai, { ...ai, through: "WorkersAI" as const }]) {
      await using server = new Workerd({ bundle: inject("bundle"), ai: options, settings: { AI_GATEWAY: "mine" } });
      await server.start();
      const whole = await post(`${server.url}/ask`, { sessionId: "a", question: "Hi" });
      expect(await whole.json()).toMatchObject({ answer: "Hello." });
      const streamed = await post(`${server.url}/ask`, { sessionId: "a", question: "Hi again", stream: true });
      expect(await streamed.text()).toContain("event: done");
    }
    const [whole, streamed, ...throughEntrypoint] = upstream.received.map(({ url, body }) => ({ url, body }));
    expect(throughEntrypoint).toEqual([whole, streamed]);
  });

  it("refuses more than 8 MiB of a stateless conversation, and answers one of 8 MB, with little CPU", async ({
    skip,
  }) => {
    skip(!HAS_PROC, NO_PROC);
    await using upstream = await serve((_, response) => json(response, 200, { response: "Long." }));
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    const ask = (messages: object[]) => post(`${server.url}/v1/chat/completions`, { messages });
    await ask([{ role: "user", content: "Hi" }]);
    const paragraph = "記憶とは何か、と彼は訊いた。".repeat(100);
    const conversation = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ role: at % 2 ? "assistant" : "user", content: paragraph }));
    const bodies: [messages: object[], statuses: (number | undefined)[]][] = [
      [conversation(239), [200]],
      [conversation(1_899), [200]],
      [Array.from({ length: 12 }, () => ({ role: "user", content: "a ".repeat(40_000) })), [400]],
      [
        [
          ...Array.from({ length: 5 }, () => ({ role: "system", content: "{".repeat(90_000) })),
          { role: "user", content: "Hi" },
        ],
        [400],
      ],
      [[{ role: "user", content: "記".repeat(400_000) }], [413]],
      // The server may cut off this large request before the client reads the answer.
      [conversation(2_100), [413, undefined]],
    ];
    let most = 0;
    for (const [messages, statuses] of bodies) {
      const before = server.cpuMs();
      const response = await ask(messages).catch(() => undefined);
      expect(statuses).toContain(response?.status);
      most = Math.max(most, server.cpuMs() - before);
    }
    expect(most / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS / 4);
    expect((await ask([{ role: "user", content: "Still there?" }])).status).toBe(200);
  });

  it("falls back from a retired model, and tells the operator", async () => {
    await using upstream = await serve(({ headers }, response) =>
      headers["cf-consn-model-id"] === "@cf/meta/llama-3.1-8b-instruct"
        ? json(response, 410, aiError(5028, "This model was deprecated on 2026-05-30"))
        : json(response, 200, { choices: [{ message: { content: "Still here." }, finish_reason: "stop" }] }),
    );
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { upstream: upstream.address },
      settings: { MODEL: "@cf/meta/llama-3.1-8b-instruct" },
    });
    await server.start();
    const response = await post(`${server.url}/ask`, { sessionId: "a", question: "Hello?" });
    expect(await response.json()).toMatchObject({
      answer: "Still here.",
      model: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    });
    expect(server.log).toContain("5028");
  });

  it.each([
    [
      "a spent allowance",
      429,
      aiError(4006, "you have used up your daily free allocation"),
      429,
      "model_allowance_spent",
    ],
    ["a malformed reply", 200, { what: "ever" }, 502, "model_reply_malformed"],
  ])("tells %s", async (_what, upstreamStatus, body, status, code) => {
    await using upstream = await serve((_, response) => json(response, upstreamStatus, body));
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    const response = await post(`${server.url}/ask`, { sessionId: "a", question: "Hello?" });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    const { data } = (await (await fetch(`${server.url}/sessions/a/messages`)).json()) as { data: unknown[] };
    expect(data).toEqual([]);
  });

  it("refuses to serve while no tokens are configured", async () => {
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OfflineModel" },
      settings: { AUTH: "tokens" },
    });
    await server.start();
    expect((await post(`${server.url}/ask`, { sessionId: "a", question: "Hello?" })).status).toBe(503);
  });
});
