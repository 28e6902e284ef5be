import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbering } from "../../src/converters/beginnings";
import { COMMAND_FORMATS } from "../../src/converters/command-formats";
import { FORMATS } from "../../src/converters/export-formats";
import { inTimeZone } from "../../src/converters/file-time";
import { finish, partsOf } from "../../src/converters/finish";
import { sourceOf } from "../../src/converters/source-files";
import { converted, fileOf, sample } from "./support";

describe("messages of several people", () => {
  it("are in the order of their times, whatever the order of the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1.7e9 }), { minLength: 1, maxLength: 20 }), async (times) => {
        const messages = times.map((time, id) => ({
          id,
          type: "message",
          date_unixtime: `${time}`,
          from: "Ana",
          text: `at ${time}`,
        }));
        const [chat] = await converted(
          fileOf("r.json", JSON.stringify({ type: "personal_chat", id: 1, name: "Ana", messages })),
        );
        const sorted = times.toSorted((a, b) => a - b);
        expect(chat?.messages.map(({ content }) => content)).toEqual(sorted.map((time) => `at ${time}`));
      }),
    );
  });

  it("of WhatsApp have the same times in each form in which a phone writes them", async () => {
    const date = fc.date({ min: new Date("2001-01-01"), max: new Date("2024-12-31"), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(fc.array(date, { minLength: 1, maxLength: 8 }), fc.nat(3), async (dates, form) => {
        // A day after the twelfth decides the order of days and months.
        const days = [...dates, new Date("2024-12-31T10:00:00Z")].sort((a, b) => a.getTime() - b.getTime());
        const lines = days.map((day) => {
          const [year, month, date, hour, minute, second] = day.toISOString().split(/[-T:.]/);
          const half = `${Number(hour) % 12 || 12}:${minute}:${second}\u202f${Number(hour) < 12 ? "AM" : "PM"}`;
          const whole = `${hour}:${minute}:${second}`;
          return [
            `[${date}/${month}/${year}, ${half}] Ana: Hi`,
            `${month}/${date}/${year?.slice(2)}, ${half} - Ana: Hi`,
            `\u200e[${date}.${month}.${year?.slice(2)}, ${whole}] Ana: Hi`,
            `${year}-${month}-${date} ${whole} - Ana: Hi`,
          ][form];
        });
        const [chat] = await converted(fileOf("chat.txt", lines.join("\n")));
        const expected = days.map((day) => Math.floor(day.getTime() / 1_000) * 1_000);
        expect(chat?.messages.map(({ createdAt }) => createdAt)).toEqual(expected);
      }),
    );
  });
});

describe("conversations that begin alike", () => {
  it("are numbered at once, also 200,000 of them", () => {
    const numbered = numbering();
    const alike = Array.from({ length: 200_000 }, (_, at) =>
      numbered({ sessionId: "a", isUnnamed: true, messages: [{ role: "user", content: `${at}` }], skipped: {} }),
    );
    expect(new Set(alike.map(({ sessionId }) => sessionId)).size).toBe(200_000);
    expect(alike.at(-1)?.sessionId).toBe("a-200000");
  });
});

describe("every format", () => {
  it("converts to messages that an append takes, from any JSON", async () => {
    const keys = [
      "mapping",
      "chat_messages",
      "chat",
      "history",
      "messages",
      "messagesTree",
      "conversationId",
      "type",
      "id",
      "role",
      "conv",
      "conversation",
      "conversations",
      "responses",
      "guild",
      "channel",
      "participants",
      "thread_path",
      "time",
      "title",
    ];
    const fields = [
      ...keys,
      "content",
      "parts",
      "text",
      "data",
      "kwargs",
      "author",
      "message",
      "parent",
      "children",
      "create_time",
    ];
    const value = fc.object({ key: fc.constantFrom(...fields), maxDepth: 6, withNullPrototype: false });
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(undefined, ...FORMATS),
        async (values, format) => {
          const request = converted(fileOf("f.json", JSON.stringify(values)), { format, formats: COMMAND_FORMATS });
          const conversations = await request.catch((error: Error) => {
            expect(error.name).toBe("ConvertError");
            return [];
          });
          for (const { sessionId, title, messages } of conversations) {
            expect(sessionId).toMatch(/^[A-Za-z0-9._:@+-]{1,128}$/);
            if (title !== undefined) expect(title).toMatch(/^[^\p{Cc}\u2028\u2029]{1,200}$/u);
            for (const { content, name } of messages) {
              expect(content.trim()).not.toBe("");
              expect(content.isWellFormed()).toBe(true);
              if (name !== undefined) expect(name).toMatch(/^[^\p{Cc}\u2028\u2029]{1,128}$/u);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("converts a sample alike, wherever its bytes are split", async () => {
    for (const name of ["conversations.json", "result.json", "whatsapp-ios.txt", "openai.jsonl"])
      expect(await converted(sample(name, 3))).toEqual(await converted(sample(name)));
  });
});

describe("finish", () => {
  it("cleans names, titles and ids, and leaves empty messages out", () => {
    const { sessionId, title, messages, skipped } = finish({
      format: "f",
      id: "with spaces / and ümlauts",
      title: ` two\nlines \ud83d${"x".repeat(300)}`,
      messages: [
        { role: "user", name: "A\tna\u0000", content: "lone \ud800" },
        { role: "user", name: " ", content: " \n" },
        { role: "user", name: " ", content: "Hi" },
      ],
      skipped: {},
    });
    expect(sessionId).toMatch(/^f:[0-9a-f]{16}$/);
    expect(title).toHaveLength(200);
    expect(messages.map(({ name, content }) => [name, content])).toEqual([
      ["A na", "lone \ufffd"],
      [undefined, "Hi"],
    ]);
    expect(skipped).toEqual({ "empty messages": 1 });
  });

  it("splits long texts at paragraphs, else at lines, words or characters, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("word", "\n\n", "\n", " ", "🐝")), (words) => {
        const text = words.join("");
        const parts = partsOf(text, 10, 4);
        expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(10);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
    );
    expect(partsOf("one two\n\nthree four", 14, 4)).toEqual(["one two", "three four"]);
  });
});

describe("inTimeZone", () => {
  it("returns the time at which a clock of the zone shows a time", () => {
    const zones = fc.constantFrom("UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), zones, (time, timeZone) => {
        const shown = new Date(time).toLocaleString("sv-SE", { timeZone });
        const found = inTimeZone(Date.parse(`${shown.replace(" ", "T")}Z`), timeZone);
        expect(new Date(found).toLocaleString("sv-SE", { timeZone })).toBe(shown);
      }),
    );
  });
});

describe("a zip", () => {
  it("that unpacks to more than the limit is refused", async () => {
    const { zipSync } = await import("fflate");
    const zip = zipSync({ "conversations.json": new TextEncoder().encode(`[${" ".repeat(1_000_000)}]`) });
    await expect(converted(await sourceOf(fileOf("bomb.zip", zip), 10_000))).rejects.toThrow(
      /unpacks to more than 10000/,
    );
  });

  it("that is damaged anywhere is refused with one sentence, or converted", async () => {
    const { zipSync } = await import("fflate");
    const zip = zipSync({ "conversations.json": new TextEncoder().encode('[{"id":"c","mapping":{}}]') });
    await fc.assert(
      fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.nat(zip.length), async (at, byte, length) => {
        const damaged = new Uint8Array(zip);
        damaged[at] = byte;
        for (const bytes of [damaged, damaged.slice(0, length)]) {
          await converted(fileOf("d.zip", bytes)).catch((error: Error) => expect(error.name).toBe("ConvertError"));
        }
      }),
    );
  });
});
