import { describe, expect, it } from "vitest";
import { scripted } from "../../support/scripted-model";
import { undated } from "../../support/undated";
import { ask, CALL, CALLS, complete, exchange, history } from "../../support/weather";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

describe("what a function returned", () => {
  it("goes on with its question: call and result are in the prompt, and all of it is remembered", async () => {
    const session = freshSession();
    const model = await scripted(session, CALLS, { response: "20 degrees in Paris." });
    const { message } = await exchange(session);
    expect(message?.content).toBe("20 degrees in Paris.");
    const prompt = (await model.runs())[1]?.inputs.messages ?? [];
    expect(prompt.slice(1)).toEqual([
      ask,
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: expect.any(String), type: "function", function: CALL }],
      },
      { role: "tool", content: "20 degrees", tool_call_id: expect.any(String), name: "weather" },
    ]);
    expect((await history(session)).map(({ role, content, status }) => [role, content, status])).toEqual([
      ["assistant", "20 degrees in Paris.", "complete"],
      ["tool", "20 degrees", "complete"],
      ["assistant", "", "complete"],
      ["user", ask.content, "complete"],
    ]);
  });

  it("is refused where the session waits for no such result, and nothing is written", async () => {
    const session = freshSession();
    await scripted(session, CALLS);
    await complete(session, [ask]);
    const other = { role: "tool", tool_call_id: "call_other", content: "20 degrees" };
    const call = { id: "call_other", type: "function", function: CALL };
    const { status, error } = await complete(session, [ask, { role: "assistant", tool_calls: [call] }, other]);
    expect([status, error?.code]).toEqual([400, "tool_results_unexpected"]);
    expect(await history(session)).toHaveLength(2);
  });

  it("is taken back where the model does not begin, and may be sent again", async () => {
    const session = freshSession();
    await scripted(session, CALLS, new Error("5016: agree"), { response: "20 degrees." });
    const { message } = await complete(session, [ask]);
    const returned = { role: "tool", tool_call_id: message?.tool_calls?.[0]?.id, content: "20 degrees" };
    const messages = [ask, { role: "assistant", ...message }, returned];
    const refused = await llamory.post("/v1/chat/completions", { messages, stream: true }, { "x-session-id": session });
    expect(refused.status).toBe(502);
    expect(await history(session)).toHaveLength(2);
    expect((await complete(session, messages)).message?.content).toBe("20 degrees.");
    expect(await history(session)).toHaveLength(4);
  });

  it("goes with its response, where that is deleted: its call stays out of prompts then", async () => {
    const session = freshSession();
    const model = await scripted(session, CALLS, { response: "20 degrees." }, { response: "Hello." });
    await exchange(session);
    const [newest] = await history(session);
    const id = `resp_${btoa(session).replaceAll("=", "")}.${newest?.turnId}`;
    expect((await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method: "DELETE" })).status).toBe(200);
    expect((await history(session)).map(({ role }) => role)).toEqual(["assistant", "user"]);
    await complete(session, [{ role: "user", content: "Hello!" }]);
    const prompt = (await model.runs())[2]?.inputs.messages.slice(1);
    expect(prompt?.map(undated)).toEqual([ask, { role: "user", content: "Hello!" }]);
  });

  it("is accepted after a newer turn was deleted", async () => {
    const session = freshSession();
    await scripted(session, CALLS, { response: "Hello." }, { response: "20 degrees." });
    const { message } = await complete(session, [ask]);
    await complete(session, [{ role: "user", content: "Hello!" }]);
    const [newest] = await history(session);
    const id = `resp_${btoa(session).replaceAll("=", "")}.${newest?.turnId}`;
    expect((await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method: "DELETE" })).status).toBe(200);
    const returned = { role: "tool", tool_call_id: message?.tool_calls?.[0]?.id, content: "20 degrees" };
    const answered = await complete(session, [ask, { role: "assistant", ...message }, returned]);
    expect(answered.message?.content).toBe("20 degrees.");
    const turn = await llamory.fetch(`/sessions/${session}/turns/${(await history(session))[0]?.turnId}`);
    expect(await turn.json()).toMatchObject({ status: "complete", question: ask.content });
  });

  it("is told once, where a response in the middle of its exchange was deleted", async () => {
    const session = freshSession();
    const model = await scripted(session, CALLS, CALLS, CALLS, { response: "20 degrees." });
    const callOf = async () => (await history(session))[0]?.toolCalls?.[0]?.id;
    const returned = async (content: string) => ({ role: "tool", tool_call_id: await callOf(), content });
    await complete(session, [ask]);
    await complete(session, [await returned("one")]);
    const middle = (await history(session))[0]?.turnId;
    await complete(session, [await returned("two")]);
    const id = `resp_${btoa(session).replaceAll("=", "")}.${middle}`;
    expect((await llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method: "DELETE" })).status).toBe(200);
    const { status } = await complete(session, [await returned("three")]);
    expect(status).toBe(200);
    const prompt = (await model.runs())[3]?.inputs.messages.slice(1);
    expect(prompt?.map(({ role, content }) => [role, content])).toEqual([
      ["user", ask.content],
      ["assistant", ""],
      ["tool", "three"],
    ]);
    const turn = await llamory.fetch(`/sessions/${session}/turns/${(await history(session))[0]?.turnId}`);
    expect(await turn.json()).toMatchObject({ memory: { window: null, omitted: 0 } });
  });

  it("stays out of prompts where it never came, and so does its call", async () => {
    const session = freshSession();
    const model = await scripted(session, CALLS, { response: "Hello." });
    await complete(session, [ask]);
    await complete(session, [{ role: "user", content: "Never mind. Hello!" }], {});
    expect((await model.runs())[1]?.inputs.messages.slice(1).map(undated)).toEqual([
      ask,
      { role: "user", content: "Never mind. Hello!" },
    ]);
  });

  it("may come with a new question behind it", async () => {
    const session = freshSession();
    const model = await scripted(session, CALLS, { response: "Yes." });
    const { message } = await complete(session, [ask]);
    const returned = { role: "tool", tool_call_id: message?.tool_calls?.[0]?.id, content: "20 degrees" };
    const next = { role: "user", content: "Is that warm?" };
    await complete(session, [ask, { role: "assistant", ...message }, returned, next]);
    const prompt = (await model.runs())[1]?.inputs.messages.map(({ role }) => role);
    expect(prompt).toEqual(["system", "user", "assistant", "tool", "user"]);
  });

  it("is shortened in its middle if the exchange is too long for the window", async () => {
    const session = freshSession();
    const steps = 20;
    const model = await scripted(session, ...Array.from({ length: steps }, () => CALLS), { response: "20 degrees." });
    let last = await complete(session, [ask]);
    for (let step = 1; step <= steps; step += 1) {
      const content = `begin ${step} ${"All the weather of Paris. ".repeat(1_200)} end ${step}`;
      const id = last.message?.tool_calls?.[0]?.id;
      const returned = { role: "tool", tool_call_id: id, content };
      last = await complete(session, [ask, { role: "assistant", ...last.message }, returned]);
      expect(last.status).toBe(200);
    }
    expect(last.message?.content).toBe("20 degrees.");
    const prompt = (await model.runs()).at(-1)?.inputs.messages ?? [];
    const results = prompt.filter(({ role }) => role === "tool").map(({ content }) => content);
    expect(results.map((content) => [content.split(" ", 2)[1], content.split(" ").at(-1)])).toEqual(
      Array.from({ length: steps }, (_, at) => [String(at + 1), String(at + 1)]),
    );
    expect(results.every((content) => content.includes("characters left out …]"))).toBe(true);
    expect(prompt.filter(({ role }) => role === "assistant")).toHaveLength(steps);
    expect(prompt.map(({ content }) => content)).toContain(ask.content);
    // The transcript keeps them whole.
    expect((await history(session)).filter(({ content }) => content.length > 30_000)).toHaveLength(steps);
  });

  it("is not found by a search; the question is", async () => {
    const session = freshSession();
    await scripted(session, CALLS, { response: "It is warm." });
    await exchange(session, "Xylophones everywhere");
    expect(await (await llamory.fetch(`/sessions/${session}/search?q=xylophones`)).json()).toEqual({ data: [] });
    const { data } = await (await llamory.fetch(`/sessions/${session}/search?q=weather`)).json<{ data: object[] }>();
    expect(data).toMatchObject([{ role: "user" }]);
  });

  it("needs no session: the client sends the calls along", async () => {
    const model = await scripted(null, { response: "20 degrees." });
    const call = { id: "call_1", type: "function", function: CALL };
    const { message } = await complete(null, [
      ask,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "20 degrees" },
    ]);
    expect(message?.content).toBe("20 degrees.");
    expect((await model.runs())[0]?.inputs.messages.map(({ role }) => role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
    ]);
  });

  it("goes along in an export, and comes back byte by byte", async () => {
    const [from, to] = [freshSession(), freshSession()];
    await scripted(from, CALLS, { response: "20 degrees in Paris." });
    await exchange(from);
    const exported = await (await llamory.fetch(`/sessions/${from}/export`)).text();
    const init = { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: exported };
    expect((await llamory.fetch(`/sessions/${to}/import`, init)).status).toBe(201);
    expect(await (await llamory.fetch(`/sessions/${to}/export`)).text()).toBe(exported);
    expect(await history(to)).toHaveLength(4);
  });
});
