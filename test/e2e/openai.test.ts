import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { collect, freshSession, openaiServer, TOKEN } from "./support/openai-server";

let server: Awaited<ReturnType<typeof openaiServer>>;

beforeAll(async () => {
  server = await openaiServer(inject("bundle"));
});

afterAll(() => server.stop());

describe("the openai SDK", () => {
  const client = () => new OpenAI({ baseURL: server.baseURL, apiKey: TOKEN });
  const hello = { model: "llama", messages: [{ role: "user" as const, content: "Hello" }] };

  it("lists models", async () => {
    const models = await collect(client().models.list());
    expect(models.map(({ id }) => id)).toContain("@cf/meta/llama-3.1-8b-instruct-fast");
  });

  it("may ask for each level of reasoning that it knows", async () => {
    // The compiler reports a level that a later version of the SDK adds.
    const levels = { none: true, minimal: true, low: true, medium: true, high: true, xhigh: true, max: true };
    const known: Record<NonNullable<OpenAI.ReasoningEffort>, boolean> = levels;
    for (const effort of Object.keys(known) as OpenAI.ReasoningEffort[]) {
      const completion = await client().chat.completions.create({ ...hello, reasoning_effort: effort });
      expect(completion.choices[0]?.finish_reason).toBe("stop");
    }
  });

  it("completes a chat, with usage, from what it sends alone", async () => {
    const completion = await client().chat.completions.create({
      model: "llama",
      messages: [
        { role: "system", content: "Be kind." },
        { role: "user", content: "I am Ana." },
        { role: "assistant", content: "Hello Ana." },
        { role: "user", content: [{ type: "text", text: "Who am I?" }] },
      ],
    });
    expect(completion.choices[0]).toMatchObject({
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: "You said: I am Ana. | Who am I?" },
    });
    expect(completion.usage).toEqual({ prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 });
    expect(server.received.at(-1)?.body).toMatchObject({
      inputs: {
        messages: expect.arrayContaining([
          { role: "system", content: expect.stringMatching(/^You are .*The application that asks adds:\nBe kind\.$/s) },
        ]),
      },
    });
  });

  it("streams a chat, with usage last", async () => {
    const chunks = await collect(
      await client().chat.completions.create({ ...hello, stream: true, stream_options: { include_usage: true } }),
    );
    expect(chunks[0]?.choices[0]).toMatchObject({ index: 0, delta: { role: "assistant" } });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe("You said: Hello");
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 18 } });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    const plain = await collect(await client().chat.completions.create({ ...hello, stream: true }));
    expect(plain.every((chunk) => chunk.choices.length === 1 && chunk.choices[0]?.index === 0)).toBe(true);
  });

  it("streams with its own helper", async () => {
    const completion = await client().chat.completions.stream(hello).finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe("You said: Hello");
  });

  it("remembers on the server what is not sent again, by X-Session-Id", async () => {
    const headers = { "X-Session-Id": freshSession() };
    await client().chat.completions.create(
      { ...hello, messages: [{ role: "user", content: "I am Ana." }] },
      { headers },
    );
    const completion = await client().chat.completions.create(
      { ...hello, messages: [{ role: "user", content: "Who am I?" }] },
      { headers },
    );
    expect(completion.choices[0]?.message.content).toBe("You said: I am Ana. | Who am I?");
  });

  it("may send the whole conversation to a session all the same: only what is new is remembered", async () => {
    const metadata = { session_id: freshSession() };
    const first = { role: "user" as const, content: "I am Ana." };
    const one = await client().chat.completions.create({ model: "llama", messages: [first], metadata });
    const assistant = { role: "assistant" as const, content: one.choices[0]?.message.content ?? "" };
    const messages = [first, assistant, { role: "user" as const, content: "Who am I?" }];
    const two = await client().chat.completions.create({ model: "llama", messages, metadata });
    expect(two.choices[0]?.message.content).toBe("You said: I am Ana. | Who am I?");
    const history = await fetch(`${server.url}/sessions/${metadata.session_id}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await history.json()).toMatchObject({ messages: 4 });
  });

  it("is told errors as its own: before a stream, in the middle of one, and of a wrong key", async () => {
    const spent = { ...hello, messages: [{ role: "user" as const, content: "allowance" }] };
    const client_ = new OpenAI({ baseURL: server.baseURL, apiKey: TOKEN, maxRetries: 0 });
    await expect(client_.chat.completions.create({ ...spent, stream: true })).rejects.toMatchObject({
      status: 429,
      code: "model_allowance_spent",
    });
    const broken = { ...hello, messages: [{ role: "user" as const, content: "break" }] };
    const stream = await client_.chat.completions.create({ ...broken, stream: true });
    await expect(collect(stream)).rejects.toMatchObject({ code: "model_interrupted" });
    const response = await client_.responses.create({ model: "llama", input: "break", stream: true });
    await expect(collect(response)).rejects.toMatchObject({ code: "model_interrupted" });
    const stranger = new OpenAI({ baseURL: server.baseURL, apiKey: "wrong", maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(client_.chat.completions.create({ ...hello, messages: [] })).rejects.toMatchObject({
      status: 400,
      param: "messages",
    });
  });

  it("may abort a stream, and the server lives on", async () => {
    const stream = await client().chat.completions.create({
      ...hello,
      messages: [{ role: "user", content: "forever" }],
      stream: true,
    });
    for await (const _chunk of stream) break;
    stream.controller.abort();
    expect((await client().chat.completions.create(hello)).choices).toHaveLength(1);
  });

  it("keeps a conversation with items, which responses continue", async () => {
    const { conversations, responses } = client();
    const made = await conversations.create({
      metadata: { topic: "names" },
      items: [{ type: "message", role: "user", content: "I am Ana." }],
    });
    expect(await conversations.retrieve(made.id)).toEqual(made);
    const answer = await responses.create({ model: "llama", input: "Who am I?", conversation: made.id });
    expect(answer.output_text).toBe("You said: I am Ana. | Who am I?");
    await conversations.items.create(made.id, { items: [{ role: "user", content: "And now?" }] });
    const items = await collect(conversations.items.list(made.id, { order: "asc", limit: 2 }));
    expect(items.map(({ type }) => type)).toEqual(["message", "message", "message", "message"]);
    const last = items.at(-1);
    const id = last && "id" in last ? String(last.id) : "";
    expect(await conversations.items.retrieve(id, { conversation_id: made.id })).toEqual(last);
    await conversations.items.delete(id, { conversation_id: made.id });
    expect(await collect(conversations.items.list(made.id))).toHaveLength(3);
    expect(await conversations.update(made.id, { metadata: {} })).toMatchObject({ metadata: {} });
    expect(await conversations.delete(made.id)).toMatchObject({ deleted: true });
    await expect(conversations.retrieve(made.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it("replays a response from any event, lists its input, and runs one in the background", async () => {
    const { responses } = client();
    const stream = await collect(await responses.create({ model: "llama", input: "I am Ana.", stream: true }));
    const [first] = stream;
    const id = first?.type === "response.created" ? first.response.id : "";
    const replayed = await collect(await responses.retrieve(id, { stream: true }));
    const said = (events: typeof stream) =>
      events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
    expect(said(replayed)).toBe("You said: I am Ana.");
    const at = stream.findIndex(({ type }) => type === "response.output_text.delta");
    const rest = await responses.retrieve(id, { stream: true, starting_after: stream[at]?.sequence_number ?? 0 });
    expect(said(stream.slice(0, at + 1)) + said(await collect(rest))).toBe("You said: I am Ana.");
    const input = await collect(responses.inputItems.list(id));
    expect(input).toMatchObject([{ role: "user", content: [{ text: "I am Ana." }] }]);
    const running = await responses.create({ model: "llama", input: "forever", background: true });
    expect((await responses.retrieve(running.id)).status).toBe("in_progress");
    expect((await responses.cancel(running.id)).status).toBe("cancelled");
    const { id: later } = await responses.create({ model: "llama", input: "Hello", background: true });
    await expect.poll(async () => (await responses.retrieve(later)).output_text).toBe("You said: Hello");
  });

  it("gets responses, and goes on by previous_response_id", async () => {
    const first = await client().responses.create({ model: "llama", input: "I am Ana." });
    expect(first).toMatchObject({
      status: "completed",
      output_text: "You said: I am Ana.",
      usage: { total_tokens: 18 },
    });
    const second = await client().responses.create({
      model: "llama",
      input: [{ role: "user", content: "Who am I?" }],
      previous_response_id: first.id,
    });
    expect(second.output_text).toBe("You said: I am Ana. | Who am I?");
    expect(second.previous_response_id).toBe(first.id);
  });

  it("builds a response from its streamed reasoning and text", async () => {
    const { responses } = client();
    const stream = responses.stream({ model: "llama", input: "ponder" });
    const response = await stream.finalResponse();
    // Version 5 of the SDK has no `output_text` here.
    expect(response.output).toMatchObject([
      { type: "reasoning", content: [{ text: "Hm, well." }] },
      { type: "message", content: [{ text: "You said: ponder" }] },
    ]);
    // Reasoning is not stored.
    const replayed = await responses.stream({ response_id: response.id }).finalResponse();
    expect(replayed.output).toMatchObject([{ type: "message", content: [{ text: "You said: ponder" }] }]);
  });

  it("streams responses, in a conversation", async () => {
    const conversation = freshSession();
    await client().responses.create({ model: "llama", input: "I am Ana.", conversation });
    const events = await collect(
      await client().responses.create({ model: "llama", input: "Who am I?", conversation, stream: true }),
    );
    expect(events.map(({ type }) => type).filter((type) => type !== "response.output_text.delta")).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const numbers = events.map(({ sequence_number }) => sequence_number);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    const last = events.at(-1);
    if (last?.type !== "response.completed") throw new Error(last?.type);
    expect(last.response.output[0]).toMatchObject({ content: [{ text: "You said: I am Ana. | Who am I?" }] });
  });

  it("writes nothing with `store: false`, and refuses a conversation with a previous response", async () => {
    const conversation = freshSession();
    await client().responses.create({ model: "llama", input: "I am Ana.", conversation });
    const read = await client().responses.create({ model: "llama", input: "Who am I?", conversation, store: false });
    expect(read.output_text).toBe("You said: I am Ana. | Who am I?");
    const again = await client().responses.create({ model: "llama", input: "And now?", conversation });
    expect(again.output_text).toBe("You said: I am Ana. | And now?");
    await expect(
      client().responses.create({ model: "llama", input: "Hi", conversation, previous_response_id: again.id }),
    ).rejects.toMatchObject({ status: 400, param: "previous_response_id" });
  });
});
