import { describe, expect, it, vi } from "vitest";
import { converted, fileOf, linesOf, sample, timesOf } from "./support";

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
    ["[\u200f31\u200f/12\u200f/2024، 23:59:58] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["[23:59:58, 12/31/24] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["12/31/24, 11:59:58 PM: Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["31/12/2024, 11:59 in the evening - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["[31/12/2567 BE, 23:59:58] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["31/12/24, 11:59 PTG - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31.12.24 г., 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31/12/2024 à 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["31.12.24 г., 23:59 ч. - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["[23:59:58 31/12/24] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["[31.12.24 23.59.58] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["[2024-12-31, 23 h 59 min 58 s] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["[24. 12. 31. 오후 11:59:58] Ana: Hi", "2024-12-31T23:59:58.000Z"],
    ["31. 12. 2024. u 23:59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["2024-12-31 23 h 59 - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["३१/१२/२४, ११:५९ PM - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["01/02/24, 10:00 - Ana: Hi", "2024-02-01T10:00:00.000Z"],
    ["۱۴۰۳/۱۰/۱۱،\u200f ۲۳:۵۹ - Ana: Hi", "2024-12-31T23:59:00.000Z"],
    ["[۱۴۰۳/۱۲/۳۰،\u200f ۲۳:۵۹:۵۸] Ana: Hi", "2025-03-20T23:59:58.000Z"],
    ["[1/1/1404 AP, 10:00:00] Ana: Hi", "2025-03-21T10:00:00.000Z"],
    ["[١/٧/١٤٤٦ هـ، ٢٣:٥٩:٥٨] Ana: Hi", "2025-01-01T23:59:58.000Z"],
    ["[3/18/R4, 23:59:58] Ana: Hi", "2022-03-18T23:59:58.000Z"],
    ["[R4/3/18 23:59:58] Ana: Hi", "2022-03-18T23:59:58.000Z"],
    ["[H30/3/18 23:59:58] Ana: Hi", "2018-03-18T23:59:58.000Z"],
  ])("may write the time like %j", async (line, time) => {
    const [chat] = await converted(fileOf("chat.txt", `${line}\n`));
    expect(linesOf(chat)).toEqual(["user Ana: Hi"]);
    expect(timesOf(chat)).toEqual([time]);
  });

  it("has the day first if that is tomorrow in UTC: phones may be up to 14 hours ahead", async () => {
    vi.useFakeTimers({ now: Date.UTC(2024, 5, 4, 20), toFake: ["Date"] });
    try {
      const [chat] = await converted(fileOf("chat.txt", "05/06/24, 04:30 - Ana: Hi\n"), { timeZone: "Asia/Tokyo" });
      expect(timesOf(chat)).toEqual(["2024-06-04T19:30:00.000Z"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("has the month first if only that order of dates never falls", async () => {
    const lines = ["01/12/24", "02/01/24", "03/01/24"].map((day) => `${day}, 10:00 - Ana: Hi`);
    const [chat] = await converted(fileOf("chat.txt", lines.join("\r\n")));
    expect(timesOf(chat).map((time) => time?.slice(0, 10))).toEqual(["2024-01-12", "2024-02-01", "2024-03-01"]);
  });

  it.each([
    ["on Android, after a mark of direction", "12/31/24, 23:59 - Ana: \u200eIMG-20241231-WA0001.jpg (Datei angehängt)"],
    ["on older iPhones", "12/31/24, 23:59:58: Ana: IMG-20241231-WA0001.jpg <\u200eattached>"],
    ["on iPhones", "[12/31/24, 23:59:58] Ana: \u200e<attached: IMG-20241231-WA0001.jpg>"],
    ["on iPhones in Chinese", "[12/31/24, 23:59:58] Ana:\u200e<附件：IMG-20241231-WA0001.jpg>"],
    ["on iPhones in Arabic", "\u200f[12/31/24, 23:59:58] Ana: \u200f<المرفق: IMG-20241231-WA0001.jpg>"],
  ])("keeps the names of files: %s", async (_, line) => {
    const [chat] = await converted(fileOf("chat.txt", line));
    expect(linesOf(chat)).toEqual(["user Ana: [file: IMG-20241231-WA0001.jpg]"]);
  });

  it("keeps the file of a message with a text, also of an edited one", async () => {
    const line = "[12/31/24, 23:59:58] Ana: The hive \u200e<attached: 4-PHOTO.jpg> \u200e<This message was edited>";
    const [chat] = await converted(fileOf("chat.txt", line));
    expect(linesOf(chat)).toEqual(["user Ana: The hive [file: 4-PHOTO.jpg]"]);
  });

  it("has a year of two digits first if only that order of dates never falls", async () => {
    const lines = ["24. 11. 9.", "24. 12. 8.", "25. 1. 7."].map((day) => `[${day} 오후 1:00:00] Ana: Hi`);
    const [chat] = await converted(fileOf("chat.txt", lines.join("\n")));
    expect(timesOf(chat).map((time) => time?.slice(0, 10))).toEqual(["2024-11-09", "2024-12-08", "2025-01-07"]);
  });

  it("knows lines about the chat on Android, also with a colon in the name of a group", async () => {
    const [chat] = await converted(
      fileOf(
        "chat.txt",
        [
          '12/31/24, 11:57 PM - Bo changed the group name from "A: x" to "B: y"',
          "31.12.24, 23:58 - Bo hat den Gruppennamen zu „A: x“ geändert.",
          '12/31/24, 11:59 PM - Bo "Bobby" Berg: Hi: "A: x"',
          "12/31/24, 11:59 PM - Bo „Bobby“ Berg: Hallo",
          '12/31/24, 11:59 PM - Bo 5": Ho',
        ].join("\n"),
      ),
    );
    expect(linesOf(chat)).toEqual([
      'user Bo "Bobby" Berg: Hi: "A: x"',
      "user Bo „Bobby“ Berg: Hallo",
      'user Bo 5": Ho',
    ]);
    expect(chat?.skipped).toEqual({ "lines about the chat": 2 });
  });

  it("may have speakers whose names begin with a colon", async () => {
    const [chat] = await converted(fileOf("chat.txt", "12/31/24, 23:59 - :ana: Hi\n12/31/24, 23:59 - Bo: ok"));
    expect(linesOf(chat)).toEqual(["user :ana: Hi", "user Bo: ok"]);
  });

  it("keeps a poll on an iPhone, whose lines have marks like notes of WhatsApp", async () => {
    const lines = ["[12/31/24, 23:59:58] Ana: \u200ePOLL:", "Where do we eat?", "\u200eOPTION: Pizza (\u200e2 votes)"];
    const [chat] = await converted(fileOf("chat.txt", lines.join("\r\n")));
    expect(linesOf(chat)).toEqual(["user Ana: POLL:\nWhere do we eat?\nOPTION: Pizza (2 votes)"]);
  });

  it("takes no text for a file, for a note or for a head", async () => {
    const lines = [
      "12/31/24, 23:58 - Ana: See main.py (line 3)",
      "12/31/24, 23:58 - Ana: \u200fسلام",
      "12/31/24, 23:59 - Ana: Times:",
      "1/1/25, 10:00: lunch: soup",
    ];
    const [chat] = await converted(fileOf("chat.txt", lines.join("\n")));
    expect(linesOf(chat)).toEqual([
      "user Ana: See main.py (line 3)",
      "user Ana: سلام",
      "user Ana: Times:\n1/1/25, 10:00: lunch: soup",
    ]);
  });

  it.each([
    ["on Android", "1/1/24, 09:00 - Ana: ", "1/1/24, 10:00:00: breakfast"],
    ["on an iPhone", "[1/1/24, 09:00:00] Ana: ", "1/1/24, 11:00:00: talk: intro"],
    ["on an older iPhone", "1/1/24, 09:00:00: Ana: ", "1/1/24, 11:00 - talk: intro"],
  ])("%s has no heads in the form of other phones", async (_, head, line) => {
    const [chat] = await converted(fileOf("chat.txt", `${head}agenda:\n${line}\n${head}ok`));
    expect(linesOf(chat)).toEqual([`user Ana: agenda:\n${line}`, "user Ana: ok"]);
  });

  it.each([
    ["[12/31/24, 23:59:58] Ana: \u200fשלום לכולם", "שלום לכולם"],
    ["12/31/24, 23:59 - Ana: \u200fראה main.py (שורה 3)", "ראה main.py (שורה 3)"],
    ["12/31/24, 23:59 - Ana: \u200fIMG-20241231-WA0001.jpg (קובץ מצורף)", "[file: IMG-20241231-WA0001.jpg]"],
  ])("keeps a text from right to left: %j", async (line, content) => {
    const [chat] = await converted(fileOf("chat.txt", line));
    expect(linesOf(chat)).toEqual([`user Ana: ${content}`]);
  });

  it("in Arabic on an iPhone has notes of WhatsApp with a mark from right to left", async () => {
    const line = "\u200f[\u200f27\u200f/3\u200f/2022، 21:41:55] Ana: \u200fلم يتم إدراج الصورة";
    const [chat] = await converted(fileOf("chat.txt", line));
    expect(chat).toMatchObject({ messages: [], skipped: { "media and notes of WhatsApp": 1 } });
  });
});
