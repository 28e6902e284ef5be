/** Chats of several people that only the command reads. */
import { describe, expect, it } from "vitest";
import { COMMAND_FORMATS } from "../../src/converters/command-formats";
import type { ConvertRequest } from "../../src/converters/convert";
import { converted, fileOf, linesOf, timesOf } from "./support";

const read = (name: string, value: unknown, request: Partial<ConvertRequest> = {}) =>
  converted(fileOf(name, typeof value === "string" ? value : JSON.stringify(value, null, 2)), {
    formats: COMMAND_FORMATS,
    ...request,
  });

describe("a chat of Messenger", () => {
  // Meta writes each byte of UTF-8 as a character.
  const bytewise = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));

  it("has its text decoded, its oldest message first, and the names of its media", async () => {
    const file = {
      participants: [{ name: bytewise("Zoë") }, { name: "Ana" }],
      messages: [
        {
          sender_name: "Ana",
          timestamp_ms: 1_700_000_002_000,
          content: "https://a.example",
          share: { link: "https://a.example" },
        },
        { sender_name: bytewise("Zoë"), timestamp_ms: 1_700_000_001_500, photos: [{ uri: "photos/1.jpg" }] },
        { sender_name: "Ana", timestamp_ms: 1_700_000_001_000, call_duration: 12 },
        { sender_name: bytewise("Zoë"), timestamp_ms: 1_700_000_000_000, content: bytewise("Grüße 🐝") },
      ],
      title: bytewise("Zoë"),
      is_still_participant: true,
      thread_path: "inbox/zoe_123",
    };
    const [chat] = await read("message_1.json", file, { me: "Ana" });
    expect(chat).toMatchObject({ sessionId: "messenger:zoe_123", title: "Zoë" });
    expect(linesOf(chat)).toEqual(["user Zoë: Grüße 🐝", "user Zoë: [photo]", "user: https://a.example"]);
    expect(timesOf(chat)[0]).toBe("2023-11-14T22:13:20.000Z");
    expect(chat?.skipped).toEqual({ "calls and deleted messages": 1 });
    expect((await read("message_2.json", file))[0]?.sessionId).toBe("messenger:zoe_123:2");
  });

  it("of an encrypted conversation has other fields, and its text as it is", async () => {
    const [chat] = await read("Zoë_7.json", {
      participants: ["Zoë", "Ana"],
      threadName: "Zoë_7",
      messages: [
        {
          isUnsent: false,
          media: [],
          reactions: [],
          senderName: "Zoë",
          text: "Grüße",
          timestamp: 1_700_000_000_000,
          type: "text",
        },
        {
          isUnsent: true,
          media: [],
          reactions: [],
          senderName: "Ana",
          text: "",
          timestamp: 1_700_000_001_000,
          type: "text",
        },
      ],
    });
    expect(chat).toMatchObject({ title: "Zoë", skipped: { "calls and deleted messages": 1 } });
    expect(linesOf(chat)).toEqual(["user Zoë: Grüße"]);
  });
});

it("a channel of Discord has nicknames, answers with what they answer, and files", async () => {
  const author = (name: string, nickname: string) => ({
    id: name,
    name,
    discriminator: "0000",
    nickname,
    isBot: false,
  });
  const message = (id: string, type: string, content: string, by: object, more: object = {}) => ({
    id,
    type,
    timestamp: `2024-05-01T10:0${id}:00+02:00`,
    timestampEdited: null,
    isPinned: false,
    content,
    author: by,
    attachments: [],
    embeds: [],
    stickers: [],
    reactions: [],
    mentions: [],
    ...more,
  });
  const [ana, bo] = [author("ana", "Ana"), author("bo", "Bo")];
  const [channel] = await read(
    "Bees - general [1].json",
    {
      guild: { id: "9", name: "Bees", iconUrl: "" },
      channel: { id: "1", type: "GuildTextChat", categoryId: null, category: null, name: "general", topic: null },
      dateRange: { after: null, before: null },
      exportedAt: "2024-06-01T00:00:00+02:00",
      messages: [
        message("0", "GuildMemberJoin", "Joined the server.", bo),
        message("1", "Default", "Look", bo, {
          attachments: [{ id: "5", url: "x", fileName: "hive.png", fileSizeBytes: 1 }],
        }),
        message("2", "Reply", "Nice!", ana, { reference: { messageId: "1", channelId: "1", guildId: "9" } }),
        message("3", "Default", "", bo, { embeds: [{ title: "Swarm", description: "In the lime tree" }] }),
      ],
      messageCount: 4,
    },
    { me: "ana" },
  );
  expect(channel).toMatchObject({ sessionId: "discord:1", title: "Bees: general", skipped: { "service messages": 1 } });
  expect(linesOf(channel)).toEqual([
    "user Bo: Look\n[file: hive.png]",
    'user: (in reply to Bo: "Look [file: hive.png]") Nice!',
    "user Bo: Swarm\nIn the lime tree",
  ]);
  expect(timesOf(channel)[0]).toBe("2024-05-01T08:01:00.000Z");
});

it("a chat of Signal is the lines of signal-export, with its owner named Me", async () => {
  const message = (date: string, sender: string, body: string, more: object = {}) =>
    JSON.stringify({
      date,
      sender,
      body: `${body}  `,
      quote: "",
      sticker: null,
      reactions: [],
      attachments: [],
      ...more,
    });
  const lines = [
    message("2024-05-01T10:00:00", "Bo", "Look", { attachments: [{ name: "hive.png", path: "media/hive.png" }] }),
    message("2024-05-01T10:01:00", "Me", "Nice!", { quote: "\n\n> Look\n\n" }),
    message("2024-05-01T10:02:00", "Bo", "Missed call", { call: true }),
  ];
  const [chat] = await read("data.json", lines.join("\n"), { timeZone: "Europe/Berlin" });
  expect(chat).toMatchObject({ title: "Bo", skipped: { "calls and deleted messages": 1 } });
  expect(linesOf(chat)).toEqual([
    "user Bo: Look\n[file: hive.png]",
    'user: (in reply to an earlier message: "Look")\nNice!',
  ]);
  expect(timesOf(chat)[0]).toBe("2024-05-01T08:00:00.000Z");
});
