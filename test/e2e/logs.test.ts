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

  /** Error replies of model servers; each quotes the sent text, the key or the model's answer. */
  const quoting: [server: string, status: number, quote: (sent: string, key: string) => string][] = [
    ["repeats the request", 400, (sent) => JSON.stringify({ error: { message: `bad: ${sent}` } })],
    ["repeats it as JSON in JSON", 400, (sent) => JSON.stringify({ error: JSON.stringify(JSON.stringify(sent)) })],
    ["repeats it without spaces", 400, (sent) => JSON.stringify({ error: sent.replaceAll(/[^a-z]/gi, "") })],
    ["repeats the key", 401, (_, key) => JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } })],
    ["quotes its own output", 500, () => `error parsing tool call: raw='${ANSWER}', err=invalid character 'O'`],
    ["calls it too long", 400, (sent) => `{"error":"exceed_context_size_error: ${btoa(sent)} ${sent}"}`],
    ["does not know the model", 404, (sent) => `{"error":"model '${sent}' not found"}`],
    ["has no JSON", 200, (sent) => `${ANSWER} ${sent}`],
    ["has an error in its reply", 200, (sent) => JSON.stringify({ modelError: `5007: ${sent}`, error: sent })],
    ["streams an error", 200, (sent) => `data: ${JSON.stringify({ error: { message: `${ANSWER} ${sent}` } })}\n\n`],
  ];
  const secrets = ["marmalade", "lighthouse", "swordfish", "grapefruit"];
  const body = { stop: ["Stop\nat the grapefruit"], messages: [{ role: "user", content: `Well\n${QUESTION}` }] };
  const isOurs = (line: string) => line === "" || line.startsWith('{"event":');

  it.each(quoting)("has status, code and known words of a server that %s", async (_server, status, quote) => {
    await using upstream = await serve(({ text, headers: { authorization = "" } }, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(quote(text, authorization));
    });
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OpenAIModel" },
      settings: {
        ...settings,
        OPENAI_BASE_URL: `http://${upstream.address}/v1`,
        OPENAI_API_KEY: TOKEN,
        EMBEDDING_MODEL: "e",
        CONTEXT_TOKENS: "1024",
      },
    });
    await server.start();
    const asks = [false, true].map((stream) =>
      post(`${server.url}/v1/chat/completions`, { ...body, stream }, headers).then((response) => response.text()),
    );
    await Promise.all(asks);
    await (await post(`${server.url}/sessions/s/search`, { q: QUESTION }, headers)).text();
    await expect.poll(() => server.log).toContain("/sessions/:sessionId/search");
    expect(server.log).toMatch(/"(?:model_error|embedding_failed)"/);
    if (status >= 400) expect(server.log).toContain(`HTTP ${status}`);
    for (const word of secrets) expect(server.log).not.toContain(word);
    for (const line of server.log.split("\n")) expect(line).toSatisfy(isOurs);
  });

  it("has one line for each error, and no stack, when a model fails many requests at once", async () => {
    await using upstream = await serve(({ text }, response) => json(response, 400, { error: text }));
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { entrypoint: "OpenAIModel" },
      settings: { ...settings, OPENAI_BASE_URL: `http://${upstream.address}/v1` },
    });
    await server.start();
    const asks = Array.from({ length: 200 }, () => post(`${server.url}/v1/chat/completions`, body, headers));
    for (const response of await Promise.all(asks)) expect(response.status).toBe(500);
    const lines = () => server.log.split("\n").filter(Boolean);
    await expect.poll(() => lines().filter((line) => line.includes('"request"'))).toHaveLength(200);
    expect(lines()).toHaveLength(600);
    for (const line of lines()) expect(line).toSatisfy(isOurs);
  });

  it("has no question, no answer and no token, whatever is asked and refused", async () => {
    // Replies with an error that quotes the request, or with invalid JSON.
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
