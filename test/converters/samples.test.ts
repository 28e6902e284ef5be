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

  it("one per line are one conversation, which has the title of its file", async () => {
    const [only] = await converted(sample("messages.jsonl"));
    expect(only?.title).toBe("messages");
    expect(linesOf(only)).toEqual(["user: First line", "assistant: Second line"]);
  });
});

describe("an export of Slack", () => {
  it("has names for users, channels and links, threads as answers, and the time of each message", async () => {
    const [general, direct] = (await converted(fileOf("export.zip", zipOf("slack")), { me: "Ana" })).sort((a, b) =>
      a.sessionId < b.sessionId ? -1 : 1,
    );
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

describe("a chat of WhatsApp", () => {
  it("on Android has several lines per message, 12 hours, and the day first if the file needs it", async () => {
    const source = sample("whatsapp-android.txt");
    const [chat] = await converted(
      { ...source, name: "WhatsApp Chat with Bo Berg.txt" },
      { timeZone: "Europe/Berlin" },
    );
    expect(chat).toMatchObject({ title: "Bo Berg" });
    expect(linesOf(chat)).toEqual([
      "user Ana: Hello\nthis is a second line: with a colon\n\nand a fourth",
      "user Bo Berg: [file: IMG-20240513-WA0001.jpg]\nThe new hive",
      "user +49 170 0000000: Where is it?",
    ]);
    expect(timesOf(chat)).toEqual(["2024-05-01T19:01:00.000Z", "2024-05-12T22:06:00.000Z", "2024-05-12T22:09:00.000Z"]);
    expect(chat?.skipped).toEqual({ "lines about the chat": 2, "media and notes of WhatsApp": 2 });
  });

  it("on iOS has seconds, brackets and invisible marks", async () => {
    const [chat] = await converted({ ...sample("whatsapp-ios.txt"), name: "_chat.txt" }, { me: "Bo" });
    expect(linesOf(chat)).toEqual(["user Ana: Hei!", "user Ana: [file: 00000003-PHOTO-2022-03-12.jpg]", "user: Moi"]);
    expect(timesOf(chat)[0]).toBe("2022-03-12T14:09:00.000Z");
    expect(chat?.sessionId).toMatch(/^whatsapp:[0-9a-f]{16}$/);
  });

  it.each([
    ["12/31/24, 11:59 PM - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31.12.24, 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31/12/2024 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["[31/12/24, 11:59:58 p. m.] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["2024-12-31, 11:59 a.m. - Ana: Hi", "2024-12-31T11:59:00.000Z"],
    ["[2024/12/31 下午11:59:58] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["2024년 12월 31일 오후 11:59, Ana : Hi", "2024-12-31T23:59:00.000Z"],
    ["[2024. 12. 31. 오전 12:01:00] Ana: Hi", "2024-12-31T00:01:00.000Z"],
    ["٣١/١٢/٢٠٢٤، ١١:٥٩ م - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31-12-2024 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["01/02/24, 10:00 - Ana: Hi", "2024-02-01T10:00:00.000Z"],
  ])("may write the time like %j", async (line, time) => {
    const [chat] = await converted(fileOf("chat.txt", `${line}\n`));
    expect(linesOf(chat)).toEqual(["user Ana: Hi"]);
    expect(timesOf(chat)).toEqual([time]);
  });

  it("has the month first if only that order of dates never falls", async () => {
    const lines = ["01/12/24", "02/01/24", "03/01/24"].map((day) => `${day}, 10:00 - Ana: Hi`);
    const [chat] = await converted(fileOf("chat.txt", lines.join("\r\n")));
    expect(timesOf(chat).map((time) => time?.slice(0, 10))).toEqual(["2024-01-12", "2024-02-01", "2024-03-01"]);
  });
});

describe("a file of no known format", () => {
  it.each([
    ["text", "hello", /format is not recognized/],
    ["an empty file", "", /format is not recognized/],
    ["an empty list", "[]", /contains no conversations/],
    ["other JSON", '{"a":1}', /format is not recognized/],
    ["broken JSON", '[{"mapping":{]', /not valid JSON|cut off/],
    ["cut off JSON", '[{"mapping":{}}', /cut off/],
    ["JSON with more after it", '[{"mapping":{}}] x', /text follows its end/],
    ["bytes", new Uint8Array([0xff, 0xfe, 0x41]), /not UTF-8/],
    ["half a zip", new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /cut off/],
  ])("is refused with one sentence: %s", async (_, content, message) => {
    const result = converted(fileOf("file", content)).then(
      () => "converted",
      (error: Error) => error,
    );
    expect(await result).toMatchObject({ name: "ConvertError", message: expect.stringMatching(message) });
  });
});
