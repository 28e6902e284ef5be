import { describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually";
import { respond } from "../../support/responses";
import { bytes, HELD, heldError, NEVER, PLAYED, scripted } from "../../support/scripted-model";
import { Events, parseEvents, type ServerSentEvent } from "../../support/sse";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

interface Read {
  id: string;
  status: string;
  output: { content: { text: string }[] }[];
}

const pathOf = (id: string) => `/v1/responses/${encodeURIComponent(id)}`;
const read = async (id: string) => (await llamory.fetch(pathOf(id))).json<Read>();
const replay = (id: string, query = "") => llamory.fetch(`${pathOf(id)}?stream=true${query}`);
const eventsOf = async (id: string, query = "") => parseEvents(await (await replay(id, query)).text());
const cancel = async (id: string) => (await llamory.fetch(`${pathOf(id)}/cancel`, { method: "POST" })).json<Read>();
const numberOf = (event: ServerSentEvent | undefined) => Number(event?.data.sequence_number);
const textOf = (events: ServerSentEvent[]) =>
  events.map(({ event, data }) => (event === "response.output_text.delta" ? data.delta : "")).join("");
/** Begins a response whose stream the test controls. */
async function played() {
  const session = freshSession();
  const model = await scripted(session, PLAYED);
  const client = new Events(
    await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session }),
  );
  const first = await client.next();
  const response = first?.data.response;
  const id = typeof response === "object" && response !== null && "id" in response ? String(response.id) : "";
  return { session, model, client, id };
}

describe("a response in the background", () => {
  it("is returned while the model works, and read when it is complete", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const { status, body } = await respond({ input: "Hello?", conversation: session, background: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "in_progress", output: [], error: null });
    expect(await read(body.id)).toMatchObject({ status: "in_progress" });
    await model.go();
    await eventually(async () => expect(await read(body.id)).toMatchObject({ status: "completed" }));
    expect((await read(body.id)).output[0]?.content[0]?.text).toBe("re: Hello?");
    expect(await llamory.transcript(session)).toEqual(["user: Hello?", "assistant: re: Hello?"]);
  });

  it("is cancelled before the model answers, and keeps its question", async () => {
    const session = freshSession();
    await scripted(session, NEVER);
    const { body } = await respond({ input: "Hello?", conversation: session, background: true });
    expect(await cancel(body.id)).toMatchObject({ id: body.id, status: "cancelled" });
    expect(await read(body.id)).toMatchObject({ status: "cancelled" });
    expect((await llamory.transcript(session))[0]).toBe("user: Hello?");
  });

  it("fails if the model does not begin, and is still found", async () => {
    const session = freshSession();
    const model = await scripted(session, heldError("3003: bad input"));
    const { body } = await respond({ input: "Hello?", conversation: session, background: true });
    await model.go();
    await eventually(async () => expect(await read(body.id)).toMatchObject({ status: "failed" }));
  });

  it("and a stream is followed by its client", async () => {
    const session = freshSession();
    await scripted(session, { response: "La la." });
    const answer = await llamory.post("/v1/responses", {
      input: "Sing.",
      conversation: session,
      background: true,
      stream: true,
    });
    expect(textOf(parseEvents(await answer.text()))).toBe("La la.");
  });

  it("must be stored", async () => {
    const { status, body } = await respond({ input: "Hello?", background: true, store: false });
    expect(status).toBe(400);
    expect(body.error.param).toBe("background");
  });

  it("must have a question: an answer that continues is stored at its end", async () => {
    const { body: first } = await respond({ input: "Hello?", conversation: freshSession() });
    const input = [{ role: "system", content: "Be brief." }];
    const { status, body } = await respond({ input, background: true, previous_response_id: first.id });
    expect(status).toBe(400);
    expect(body.error.param).toBe("background");
  });

  it("that is complete is not changed by a cancellation", async () => {
    const { body } = await respond({ input: "Hello?", conversation: freshSession() });
    expect(await cancel(body.id)).toEqual(await read(body.id));
    expect((await llamory.fetch(`${pathOf("resp_YQ.t")}/cancel`, { method: "POST" })).status).toBe(404);
  });
});

describe("the events of a stored response", () => {
  it("are the live ones while it runs, with the same numbers after its end", async () => {
    const { model, client, id } = await played();
    await model.say("la ");
    const follower = new Events(await replay(id));
    await model.say("li ");
    await model.say("lu");
    await model.end();
    const live = await client.rest();
    const followed = await follower.rest();
    expect(followed.slice(1).map(numberOf)).toEqual(live.map(numberOf));
    const replayed = await eventsOf(id);
    for (const events of [followed, replayed]) {
      expect(textOf(events)).toBe("la li lu");
      expect(events.at(-1)).toMatchObject({ event: "response.completed" });
      expect(numberOf(events.at(-1))).toBe(live.map(numberOf).at(-1));
      expect(events.map(numberOf)).toEqual(events.map(numberOf).toSorted((a, b) => a - b));
    }
  });

  it.each(["while it runs", "after its end"])("continue after any number without a gap, %s", async (when) => {
    const { model, client, id } = await played();
    await model.say("one ");
    await model.say("two ");
    const seen: ServerSentEvent[] = [];
    while (textOf(seen) !== "one two ") {
      const event = await client.next();
      if (event) seen.push(event);
    }
    const queries = seen.map((event) => `&starting_after=${numberOf(event)}`);
    const early =
      when === "while it runs"
        ? await Promise.all(queries.map(async (query) => new Events(await replay(id, query))))
        : [];
    await model.say("three");
    await model.end();
    const all = [...seen, ...(await client.rest())];
    for (const [at, query] of queries.entries()) {
      const rest = early[at] ? await early[at].rest() : await eventsOf(id, query);
      expect(textOf(seen.slice(0, at + 1)) + textOf(rest)).toBe("one two three");
      expect(rest.every((event) => numberOf(event) > numberOf(seen[at]))).toBe(true);
      expect(rest.at(-1)).toMatchObject({ event: "response.completed" });
      const named = all.slice(at + 1).filter(({ event }) => !event.endsWith(".delta"));
      expect(rest.map(({ event }) => event).filter((event) => !event.endsWith(".delta"))).toEqual(
        named.map(({ event }) => event),
      );
    }
  });

  it("continue after any number of a response whose model reasoned, which is not stored", async () => {
    const session = freshSession();
    const parts = [
      { reasoning_content: "Let me " },
      { reasoning_content: "think." },
      { content: "one " },
      { content: "two" },
    ];
    const chunks = parts.map((delta) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`);
    await scripted(session, bytes(`${chunks.join("")}data: [DONE]\n\n`));
    const answer = await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session });
    const live = parseEvents(await answer.text());
    expect(live.map(({ event }) => event)).toContain("response.reasoning_text.delta");
    expect(live.map(numberOf)).toEqual(live.map(numberOf).toSorted((a, b) => a - b));
    const response = live.at(-1)?.data.response;
    const id = typeof response === "object" && response !== null && "id" in response ? String(response.id) : "";
    for (const [at, event] of live.slice(0, -1).entries()) {
      const rest = await eventsOf(id, `&starting_after=${numberOf(event)}`);
      expect(textOf(live.slice(0, at + 1)) + textOf(rest)).toBe("one two");
    }
  });

  it("end with the last one, whatever number the client has", async () => {
    const { body } = await respond({ input: "Hello?", conversation: freshSession() });
    const events = await eventsOf(body.id, "&starting_after=100000");
    expect(events.map(({ event }) => event)).toEqual(["response.completed"]);
    expect(events.map(numberOf)).toEqual([100_001]);
  });

  it("say that it was cancelled", async () => {
    const { model, id } = await played();
    await model.say("la");
    await cancel(id);
    expect((await eventsOf(id)).map(({ event }) => event)).toContain("response.failed");
  });

  it.each(["stream=yes", "stream=true&starting_after=-1", "stream=true&starting_after=x"])(
    "with a query that is invalid, %s, are refused",
    async (query) => {
      const { body } = await respond({ input: "Hello?", conversation: freshSession() });
      expect((await llamory.fetch(`${pathOf(body.id)}?${query}`)).status).toBe(400);
    },
  );

  it("of an unknown response are 404", async () => {
    expect((await replay("resp_YQ.t")).status).toBe(404);
  });
});

describe("the input of a response", () => {
  const inputOf = async (id: string, query = "") =>
    (await llamory.fetch(`${pathOf(id)}/input_items${query}`)).json<{
      data: { content: { text: string }[] }[];
      has_more: boolean;
    }>();

  it("is its question, also while it runs", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD);
    const { body } = await respond({ input: "Hello?", conversation: session, background: true });
    expect((await inputOf(body.id)).data).toMatchObject([
      { role: "user", content: [{ type: "input_text", text: "Hello?" }] },
    ]);
    await model.go();
  });

  it("includes results of function calls, in both orders and in pages", async () => {
    const session = freshSession();
    const tools = [{ type: "function", name: "weather", parameters: { type: "object", properties: {} } }];
    const tool_calls = [{ name: "weather", arguments: {} }];
    await scripted(session, { tool_calls }, { response: "Sunny." });
    const { body: asked } = await respond({ input: "What is the weather?", tools, conversation: session });
    const [call] = asked.output;
    const call_id = call && Reflect.get(call, "call_id");
    const output = { type: "function_call_output", call_id, output: "sun" };
    const input = [output, { role: "user", content: "Be brief." }];
    const { status, body } = await respond({ input, tools, previous_response_id: asked.id });
    expect(status).toBe(200);
    const types = async (query: string) =>
      (await inputOf(body.id, query)).data.map((item) => Reflect.get(item, "type"));
    expect(await types("?order=asc")).toEqual(["function_call_output", "message"]);
    expect(await types("")).toEqual(["message", "function_call_output"]);
    expect(await inputOf(body.id, "?limit=1")).toMatchObject({ has_more: true, data: [{ type: "message" }] });
  });

  it("of an unknown response is 404", async () => {
    expect((await llamory.fetch(`${pathOf("resp_YQ.t")}/input_items`)).status).toBe(404);
  });
});
