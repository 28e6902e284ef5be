import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { converted, fileOf } from "./support";

const CHAT = "31/12/24, 23:59 - Ana: Hi";

/** Returns a zip of texts; bytes that are no text are Latin-1. */
const zipOfTexts = (texts: Record<string, string>) =>
  fileOf(
    "chat.zip",
    zipSync(Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text, "latin1")]))),
  );

describe("a zip of a chat", () => {
  it.each([
    ["the files that macOS adds", { "__MACOSX/._WhatsApp Chat with Bo.txt": "\0\u0005\u0016\u0007\u00ff" }],
    ["texts that were sent in it", { "chat plan.txt": "Buy flour." }],
    ["texts that are not UTF-8", { "notes.txt": "d\u00e9j\u00e0" }],
  ])("is read without %s", async (_, others) => {
    for (const name of ["WhatsApp Chat with Bo.txt", "Discussion WhatsApp avec Bo.txt"]) {
      const chats = await converted(zipOfTexts({ ...others, [name]: CHAT }));
      expect(chats.map(({ messages }) => messages.length)).toEqual([1]);
    }
  });

  it("counts the files that it leaves out, and is refused if it has no other", async () => {
    const skipped = {};
    await converted(zipOfTexts({ "my chat.txt": CHAT, "chat plan.txt": "Buy flour." }), { skipped });
    expect(skipped).toEqual({ "files of another format": 1 });
    const none = converted(zipOfTexts({ "chat.txt": "Buy flour.", "chat 2.txt": "Buy salt." }));
    await expect(none).rejects.toThrow("not recognized");
  });
});

describe("a zip in a zip", () => {
  it("is named, to unpack it: OpenAI's privacy portal packs the export of ChatGPT so", async () => {
    const name = "User Online Activity/Conversations__1-chatgpt-0001.zip";
    const portal = { "report.html": "<html>", "User Online Activity/Files__1-files-0001.zip": "PK", [name]: "PK" };
    for (const files of [portal, { ...portal, "User Profile/profile.json": '{"a":1}' }])
      await expect(converted(zipOfTexts(files))).rejects.toThrow(`import "${name}"`);
  });
});

describe("a file in UTF-16", () => {
  it.each<[order: string, bytes: (text: string) => Buffer]>([
    ["little-endian", (text) => Buffer.from(text, "utf16le")],
    ["big-endian", (text) => Buffer.from(text, "utf16le").swap16()],
  ])("is read if it begins with a byte order mark: %s", async (_, bytes) => {
    const [chat] = await converted(fileOf("chat.txt", new Uint8Array(bytes(`\ufeff${CHAT} \u{1f41d}`))));
    expect(chat?.messages).toMatchObject([{ name: "Ana", content: "Hi \u{1f41d}" }]);
  });
});

describe("a file of no known format", () => {
  it.each([
    ["text", "hello", /format is not recognized/],
    ["an empty file", "", /format is not recognized/],
    ["an empty list", "[]", /contains no conversations/],
    ["other JSON", '{"a":1}', /format is not recognized/],
    ["an export of Llamory", '{"llamory":"user","version":1}\n{"end":{}}', /export of Llamory: import it by itself/],
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
