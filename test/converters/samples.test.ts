import { describe, expect, it } from "vitest";
import { bytesOf } from "../../src/converters/byte-source";
import { converted, fileOf, linesOf, sample, timesOf, zipOf } from "./support";

describe("an export of ChatGPT", () => {
  it("is its current branch, with tools as records, without thoughts, system and hidden messages", async () => {
    const [bee, ...others] = await converted(sample("conversations.json"));
    expect(others).toEqual([]);
    expect(bee?.sessionId).toBe("chatgpt:00000000-0000-4000-8000-000000000001");
    expect(bee?.title).toBe("A violet bee");
    expect(linesOf(bee)).toEqual([
      "user: [image: bee.png]\nWhich bee is this?\n[file: notes.pdf]",
      'assistant: [call of web.run: {"q":"carpenter bee"}]',
      "system web.run: [result of web.run: Xylocopa violacea: violet carpenter bee.]",
      "assistant: It is a carpenter bee.",
      "user: Does it sting?",
      "assistant: Rarely.",
    ]);
    expect(timesOf(bee).at(0)).toBe("2024-05-01T10:00:00.250Z");
    expect(bee?.skipped).toEqual({
      "system messages": 1,
      "hidden messages": 1,
      thoughts: 1,
      "messages of other branches": 1,
    });
  });

  it("keeps the names and links that marks in private characters show, without citations", async () => {
    const marked = (...values: string[]) => `\ue200${values.join("\ue202")}\ue201`;
    const city = marked("entity", String.raw`["city","Paris \u2014 \"P\"","France"]`);
    const text = `${city} is in ${marked("url", "the north", "https://example.com/")}${marked("cite", "turn0search0")}.`;
    const author = { role: "assistant" };
    const message = { author, content: { content_type: "text", parts: [text, marked("url", "A map", "turn0view1")] } };
    const file = JSON.stringify([{ id: "a", title: "Paris", mapping: { m: { id: "m", message } }, current_node: "m" }]);
    const [conversation] = await converted(fileOf("conversations.json", file));
    expect(linesOf(conversation)).toEqual(['assistant: Paris — "P" is in the north (https://example.com/).\nA map']);
  });

  it("is not an export of DeepSeek, which has the same names", async () => {
    const message = { files: [], model: "deepseek-chat", fragments: [{ type: "REQUEST", content: "Hi" }] };
    const chat = { id: "a", title: "Hi", inserted_at: "2025-03-30T04:49:36.505000+08:00", mapping: { 1: { message } } };
    await expect(converted(fileOf("conversations.json", JSON.stringify([chat])))).rejects.toThrow("not recognized");
  });

  it("counts entries that are no conversations", async () => {
    const skipped = {};
    await converted(sample("conversations.json"), { skipped });
    expect(skipped).toEqual({ "entries that are no conversations": 1 });
  });

  it("is read from its zip, whatever else the zip contains", async () => {
    const { zipSync } = await import("fflate");
    const bytes = new TextEncoder().encode(await textOf("conversations.json"));
    const zip = zipSync({
      "chat.html": new Uint8Array(100_000),
      "export/conversations.json": bytes,
      "user.json": new TextEncoder().encode('{"id":"user-1"}'),
      "message_feedback.json": new TextEncoder().encode("[]"),
      "file_1-bee.png": [new Uint8Array(50_000).fill(7), { level: 0 }],
    });
    for (const chunk of [7, 65_536])
      expect(await converted(fileOf("export.zip", zip, chunk))).toEqual(await converted(sample("conversations.json")));
  });
});

const textOf = async (name: string) => {
  const source = sample(name);
  return new TextDecoder().decode(await bytesOf(source, 0, source.size));
};

describe("an export of Claude", () => {
  it("has the text of its blocks, tools, and the text of attachments", async () => {
    const [bread, empty] = await converted(sample("claude.json"));
    expect(bread?.sessionId).toBe("claude:00000000-0000-4000-8000-00000000000a");
    expect(linesOf(bread)).toEqual([
      "user: How long does the dough rest?\n\n[file: recipe.txt]\n500 g flour, 300 g water\n\n[file: loaf.jpg]",
      'assistant: [call of web_search: {"query":"dough rest"}]\n\n[result of web_search: 12 hours in the fridge]\n\nTwelve hours.',
      "user: Thanks",
    ]);
    expect(timesOf(bread)).toEqual([
      "2024-05-01T10:00:00.123Z",
      "2024-05-01T10:01:00.000Z",
      "2024-05-01T10:02:00.000Z",
    ]);
    expect(empty).toMatchObject({ title: undefined, messages: [] });
  });
});

describe("an export of Open WebUI", () => {
  it("is its current branch without thoughts, or the list of an old chat", async () => {
    const [weather, old] = await converted(sample("open-webui.json"));
    expect(linesOf(weather)).toEqual([
      "user: Will it rain?\n[file: map.pdf]",
      "assistant: [call of get_weather]\nYes, at noon.",
    ]);
    expect(weather?.sessionId).toBe("open-webui:chat-1");
    expect(weather?.skipped).toEqual({ thoughts: 1, "messages of other branches": 1 });
    expect(linesOf(old)).toEqual(["user: Hello", "assistant: Hi!"]);
  });
});

describe("an export of LibreChat", () => {
  it("is the branch of its newest message", async () => {
    const [tree] = await converted(sample("librechat.json"));
    expect(tree?.sessionId).toBe("librechat:00000000-0000-4000-8000-0000000000c1");
    expect(linesOf(tree)).toEqual([
      "user: Name a tree",
      'assistant: [call of trees: {"n":1}]\n[result of trees: Lime]\n\nLime',
      "user: Thanks\n[file: leaf.jpg]",
    ]);
    expect(tree?.skipped).toEqual({ thoughts: 1, "messages of other branches": 1 });
  });
});

describe("an export of Telegram", () => {
  it("has the speakers' names, answers, media and local times", async () => {
    const [club] = await converted(sample("result.json"), { timeZone: "Europe/Berlin", me: "Ana" });
    expect(club?.sessionId).toBe("telegram:4567");
    expect(club?.title).toBe("Bee club");
    expect(linesOf(club)).toEqual([
      "user: See https://example.com!",
      'user Bo: (in reply to Ana: "See https://example.com!") Nice',
      "user Bo: [sticker 🐝]",
      "user Deleted account: [file: plan.pdf]",
    ]);
    expect(timesOf(club)[2]).toBe("2024-05-01T10:00:30.000Z");
    expect(club?.skipped).toEqual({ "service messages": 1 });
  });

  it("keeps the addresses of links and the names of contacts, and quotes no message of another chat", async () => {
    const said = (id: number, fields: object) => ({
      id,
      type: "message",
      from: "Bo",
      date_unixtime: `${id}`,
      ...fields,
    });
    const messages = [
      said(1, { text: ["See ", { type: "text_link", text: "here", href: "https://example.com/" }] }),
      said(2, { text: "", contact_information: { first_name: "Ana", last_name: "Berg", phone_number: "" } }),
      said(3, { text: "Yes", reply_to_message_id: 1, reply_to_peer_id: "channel5" }),
    ];
    const [chat] = await converted(fileOf("result.json", JSON.stringify({ id: 1, type: "saved_messages", messages })));
    expect(linesOf(chat)).toEqual([
      "user Bo: See here (https://example.com/)",
      "user Bo: [contact: Ana Berg]",
      "user Bo: Yes",
    ]);
  });

  it("may contain all chats of an account", async () => {
    const chat = JSON.parse(await textOf("result.json"));
    const all = { about: "…", chats: { about: "…", list: [chat, { ...chat, id: 8 }] } };
    const chats = await converted(fileOf("result.json", JSON.stringify(all)));
    expect(chats.map(({ sessionId }) => sessionId)).toEqual(["telegram:4567", "telegram:8"]);
  });
});

describe("messages with roles", () => {
  it("of a fine-tuning file are one conversation per line, and equal beginnings have ids of their own", async () => {
    const [warm, cold, call] = await converted(sample("openai.jsonl"));
    expect(linesOf(warm)).toEqual(["user: How is the weather?", "assistant: Warm."]);
    expect(linesOf(call)).toEqual([
      "user: Call it",
      "assistant: [call of now: {}]",
      "system tool: [result of tool: 12:00]",
      "assistant: Noon.",
    ]);
    expect(warm?.sessionId).toMatch(/^openai:[0-9a-f]{16}$/);
    expect(cold?.sessionId).not.toBe(warm?.sessionId);
  });

  it("without ids that begin alike are conversations of their own, and copies are one", async () => {
    const [hi, hello] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
    ];
    const lines = ["bees", "wasps", "bees"].map((content) => ({ messages: [hi, hello, { role: "user", content }] }));
    const all = await converted(fileOf("a.jsonl", lines.map((line) => JSON.stringify(line)).join("\n")));
    const [bees, wasps, copy] = all.map(({ sessionId }) => sessionId);
    expect([wasps, copy]).toEqual([`${bees}-2`, bees]);
  });

  it("of the future are left out, and change no time of the others", async () => {
    const times = ["2024-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z"];
    const messages = times.map((createdAt) => ({ role: "user", content: "Hi", createdAt }));
    const [only] = await converted(fileOf("a.json", JSON.stringify([{ id: "a", messages }])));
    expect(timesOf(only)).toEqual([times[0], times[2]]);
    expect(only?.skipped).toEqual({ "messages of the future": 1 });
  });

  it("of LangChain are read in each of its forms", async () => {
    const [only] = await converted(sample("langchain.json"));
    expect(only?.sessionId).toMatch(/^langchain:/);
    expect(linesOf(only)).toEqual([
      "user: What is this?\n[image_url]",
      'assistant: [call of look: {"at":"image"}]',
      "system look: [result of look: a bee]",
      "assistant: A bee.",
    ]);
  });

  it("may have ids, titles, names, parts, and times of several forms", async () => {
    const [tea] = await converted(sample("messages.json"), { timeZone: "Europe/Berlin" });
    expect(tea).toMatchObject({ sessionId: "messages:t-7", title: "Tea", skipped: { "empty messages": 1 } });
    expect(linesOf(tea)).toEqual(["user: Green or black?", "assistant: Green\ntoday.", "user Bo: Good."]);
    expect(timesOf(tea)).toEqual(["2024-05-01T08:00:00.000Z", "2024-05-01T10:01:00.000Z", "2024-05-01T10:01:00.000Z"]);
  });

  it("of Anthropic's API keep calls of tools and their results", async () => {
    const messages = [
      { role: "user", content: "Bees?" },
      { role: "assistant", content: [{ type: "tool_use", id: "t", name: "search", input: { q: "bees" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "3 found" }] },
    ];
    const [only] = await converted(fileOf("a.json", JSON.stringify({ messages })));
    expect(linesOf(only)).toEqual([
      "user: Bees?",
      'assistant: [call of search: {"q":"bees"}]',
      "user: [result of tool: 3 found]",
    ]);
  });

  it("one per line are one conversation, which has the title of its file", async () => {
    const [only] = await converted(sample("messages.jsonl"));
    expect(only?.title).toBe("messages");
    expect(linesOf(only)).toEqual(["user: First line", "assistant: Second line"]);
  });
});

describe("an export of Slack", () => {
  it("has names for users, channels and links, threads as answers, and the time of each message", async () => {
    const chats = await converted(fileOf("export.zip", zipOf("slack")), { me: "Ana" });
    const [general, direct] = chats.sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
    expect(general).toMatchObject({
      sessionId: "slack:C1",
      title: "#general",
      skipped: { "messages about the channel": 1 },
    });
    expect(linesOf(general)).toEqual([
      "user: @Bo Berg please read the plan (https://example.com/plan) in #general @here",
      "user Clock: It is noon.",
      "user Cy: [file: plan.pdf]",
      'user Bo Berg: (in reply to Ana: "@Bo Berg please read the plan (https://example.com/plan) in #general @here") Done & dusted',
    ]);
    expect(direct).toMatchObject({ sessionId: "slack:D01", title: "Bo Berg" });
    expect(timesOf(direct)).toEqual(["2024-05-01T10:00:01.000Z"]);
  });
});
