import { createHash } from "node:crypto";
import { describe, expect, inject, it } from "vitest";
import { json, post, serve } from "./support/http";
import { Workerd } from "./support/workerd";

const TOKEN = "token-swordfish";
const QUESTION = "May the marmalade sleep?";
const ANSWER = "Only beside the lighthouse.";
const headers = { authorization: `Bearer ${TOKEN}` };
const settings = {
  AUTH: "tokens",
  API_TOKENS: createHash("sha256").update(TOKEN).digest("hex"),
  SESSION_KEY: "k".repeat(32),
  MODEL: "m",
  FALLBACK_MODEL: "",
};

describe("what a deployed Worker logs", () => {
  it("is a line for each request and for each turn, with ids, times, counts and codes", async () => {
    await using upstream = await serve((_, response) =>
      json(response, 200, { response: ANSWER, usage: { prompt_tokens: 11, completion_tokens: 7 } }),
    );
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address }, settings });
    await server.start();
    const asked = await post(`${server.url}/ask`, { sessionId: "s", question: QUESTION }, headers);
    const { turnId } = (await asked.json()) as { turnId: string };
    await post(`${server.url}/ask`, { sessionId: "s" }, headers);
    await expect.poll(() => server.log).toContain("invalid_request");
    const lines = server.log
      .split("\n")
      .filter((line) => line.includes('"event"'))
      .map((line) => JSON.parse(line.slice(line.indexOf("{"))));
    const usage = { promptTokens: 11, completionTokens: 7, totalTokens: 18 };
    expect(lines).toEqual([
      expect.objectContaining({ event: "turn", turnId, model: "m", finishReason: "stop", usage }),
      expect.objectContaining({ event: "request", method: "POST", route: "/ask", status: 200, turnId, usage }),
      expect.objectContaining({
        event: "request",
        method: "POST",
        route: "/ask",
        status: 400,
        code: "invalid_request",
      }),
    ]);
  });

  it("has no question, no answer and no token, though a model server repeats all that it was sent", async () => {
    // Refuses and repeats the request, or answers invalid JSON.
    await using upstream = await serve(({ text, headers: { authorization } }, response) => {
      if (text.includes("no JSON")) response.end(`${ANSWER} ${text}`);
      else json(response, 400, { error: { message: `bad: ${text} from ${authorization}` } });
    });
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OpenAIModel" },
      settings: { ...settings, OPENAI_BASE_URL: `http://${upstream.address}/v1`, OPENAI_API_KEY: TOKEN },
    });
    await server.start();
    const statuses: number[] = [];
    for (const question of [QUESTION, `${QUESTION} As no JSON.`]) {
      for (const stream of [false, true]) {
        const response = await post(`${server.url}/ask`, { sessionId: "s", question, stream }, headers);
        statuses.push(response.status);
        await response.text();
      }
      const messages = [{ role: "user", content: question }];
      statuses.push((await post(`${server.url}/v1/chat/completions`, { messages }, headers)).status);
      statuses.push((await post(`${server.url}/sessions/s/search`, { q: question }, headers)).status);
      statuses.push(
        (await fetch(`${server.url}/sessions/s/search?q=${encodeURIComponent(question)}`, { headers })).status,
      );
    }
    const made = await post(`${server.url}/tokens`, { sessionIds: ["s"] }, headers);
    const { token } = (await made.json()) as { token: string };
    await fetch(`${server.url}/sessions/s/turns/t/stream?access_token=${token}`);
    await expect.poll(() => server.log).toContain("turn_not_found");
    expect(statuses.filter((status) => status >= 500).length).toBeGreaterThan(4);
    expect(server.log).toContain("model_error");
    for (const word of ["marmalade", "lighthouse", "swordfish", token, token.split(".")[1] ?? ""]) {
      expect(server.log).not.toContain(word);
    }
  });
});
