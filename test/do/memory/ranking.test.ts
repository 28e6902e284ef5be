import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hidden, search, sessionWith, smallTalk } from "../../support/memory";
import { worker } from "../../support/worker";

const llamory = worker();

describe("recall", () => {
  it("finds a fact from thousands of messages ago, and the stand-in quotes it", async () => {
    const session = await sessionWith([
      { role: "user", content: "My grandmother's parrot is called Figaro.", createdAt: "2020-01-01T00:00:00Z" },
      ...smallTalk(3_000),
    ]);
    const response = await llamory.ask(session, "What is the parrot called?");
    const { answer, memory } = await response.json<{
      answer: string;
      memory: {
        tokens: number;
        window: { fromSeq: number };
        recalled: { seq: number; score: number }[];
        omitted: number;
      };
    }>();
    expect(answer).toContain("Figaro");
    expect(memory.recalled[0]).toEqual({ sessionId: session, seq: 1, score: expect.any(Number) });
    expect(memory.window.fromSeq).toBeGreaterThan(2_000);
    expect(memory.omitted).toBeGreaterThan(2_000);
  });

  it("finds the answer by its question", async () => {
    const session = await sessionWith([
      { role: "assistant", content: "Which instrument did you learn as a child?", createdAt: "2022-01-01T10:00:00Z" },
      { role: "user", content: "The accordion, badly.", createdAt: "2022-01-01T10:01:00Z" },
      ...smallTalk(200),
    ]);
    const found = await search(session, "What instrument was learned?");
    expect(found.map(({ content }) => content)).toContain("The accordion, badly.");
  });

  it("prefers what the person said whom the question names", async () => {
    const session = await sessionWith([
      { role: "user", name: "Ana", content: "I adopted a turtle.", createdAt: "2022-01-01T10:00:00Z" },
      ...smallTalk(20),
      { role: "user", name: "Bo", content: "I adopted a turtle.", createdAt: "2022-06-01T10:00:00Z" },
      ...smallTalk(20),
    ]);
    expect((await search(session, "Which animal did Bo adopt, a turtle?"))[0]).toMatchObject({ name: "Bo" });
    expect((await search(session, "Which animal did Ana adopt, a turtle?"))[0]).toMatchObject({ name: "Ana" });
  });

  it.each([
    ["Jean-Luc", "What did Jean-Luc adopt, a turtle?"],
    ["O'Neil", "What did O'Neil adopt, a turtle?"],
    ["Zoë", "What did Zoe adopt, a turtle?"],
    ["Mary Smith", "What did Mary Smith adopt, a turtle?"],
  ])("prefers it for a name of several words or with accents: %s", async (name, question) => {
    const turtle = { role: "user", content: "I adopted a turtle." };
    const session = await sessionWith([
      { ...turtle, name, createdAt: "2022-01-01T10:00:00Z" },
      ...smallTalk(20),
      { ...turtle, name: "Bo", createdAt: "2022-06-01T10:00:00Z" },
    ]);
    expect((await search(session, question))[0]).toMatchObject({ name });
  });

  it.each(["C#", "C++", "R"])("finds %s, a language of one letter", async (language) => {
    const session = await sessionWith(hidden({ content: `At work we use ${language}.` }));
    expect((await search(session, `Do I know ${language}?`))[0]?.content).toBe(`At work we use ${language}.`);
  });

  it("finds what was said in a month", async () => {
    const session = await sessionWith(hidden({ content: "We went sailing.", createdAt: "2021-08-14T10:00:00Z" }));
    expect((await search(session, "What happened in August 2021?"))[0]?.content).toBe("We went sailing.");
  });

  it("still answers when every word is common", async () => {
    const session = await sessionWith(smallTalk(1_200));
    expect(await search(session, "weather grey?")).toHaveLength(3);
  });

  it.each([
    ["Chinese", "我在里斯本养了三箱蜜蜂，每年春天收蜂蜜。", "你还记得我的蜜蜂吗？"],
    ["Chinese, one character", "我的猫叫小黑。", "猫"],
    ["Chinese, a last character", "我家有一只猫", "猫"],
    ["Japanese", "去年の夏に北海道でラベンダー畑を見ました。", "北海道はどうでしたか"],
    ["Japanese, katakana", "新しいコンピューターを買いました。", "コンピューター"],
    ["Thai", "ฉันเลี้ยงผึ้งที่เชียงใหม่", "เชียงใหม่"],
    ["German, umlauts", "Die Bäume im Garten tragen Äpfel.", "baume apfel"],
    ["German, sharp s", "Ich wohne in der Goethestraße.", "Goethestrasse"],
    ["German, end of a compound", "Meine Krankenversicherung ist teuer.", "Versicherung"],
    ["German, start of a compound", "Der Donaudampfschifffahrtskapitän grüßt.", "Donau dampf"],
    ["Arabic", "قرأت الكتاب الجديد في المكتبة.", "كتاب"],
    ["Arabic, with vowels", "كَتَبَ الوَلَدُ رسالة", "الولد"],
    ["Hindi", "मेरी बहन जयपुर में रहती है।", "बहन कहाँ रहती है?"],
    ["Russian", "Моя собака боится грозы.", "собака"],
    ["full width", "ＡＢＣ１２３ is my code.", "abc123"],
  ])("finds a message by a word of it: %s", async (_language, content, question) => {
    const session = await sessionWith(hidden({ content }));
    expect((await search(session, question))[0]?.content).toBe(content);
  });

  it.each([
    ["only stop words", "what was it that you have?"],
    ["only punctuation", "?!… --- ,,, ;"],
    ["operators", 'AND NOT NEAR( " * ^ : - OR content : NEAR/2 {a b} + "x'],
    ["unbalanced quotes", `"bees" "in 'Lisbon`],
    ["columns", "name:Ana content:bees -content:x messages_fts"],
    ["30,000 characters", "bees and honey ".repeat(2_000)],
    ["30,000 different words", Array.from({ length: 5_000 }, (_, at) => `w${at}`).join(" ")],
    ["one long word", "a".repeat(30_000)],
    ["emoji", "🐝🍯 👨‍👩‍👧‍👦 🇵🇹"],
    ["right-to-left text", "\u202eאיפה הדבורים شلون النحل\u202c"],
    ["NUL and control characters", "bees\u0000 \u0001\u0007\u001b[31m in\u0000side"],
    ["SQL", "'; DROP TABLE messages; --"],
    ["wildcards", "* % _ ? bee*"],
  ])("takes any question: %s", async (_what, question) => {
    const session = await sessionWith([{ role: "user", content: "I keep bees." }, ...smallTalk(400)]);
    const response = await llamory.post(`/sessions/${session}/context`, { question, windowTokens: 100 });
    expect(response.status).toBe(200);
    expect((await llamory.ask(session, question)).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(403);
  });
});

describe("a session that was emptied", () => {
  it.each(["reset", "DELETE"])("by %s is found no more", async (how) => {
    const session = await sessionWith(hidden({ content: "The treasure is under the old oak." }));
    expect(await search(session, "treasure")).not.toEqual([]);
    if (how === "reset") await llamory.post("/reset", { sessionId: session });
    else await llamory.fetch(`/sessions/${session}`, { method: "DELETE" });
    expect(await search(session, "treasure")).toEqual([]);
    await runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => {
      // A deleted session has no tables at all.
      const table = "SELECT name FROM sqlite_master WHERE name = 'messages_fts_docsize'";
      if (how === "DELETE") return expect(storage.sql.exec(table).toArray()).toEqual([]);
      const rows = storage.sql.exec("SELECT count(*) AS count FROM messages_fts_docsize").one();
      expect(rows).toEqual({ count: 0 });
    });
    await llamory.ask(session, "I moved the treasure to the barn.");
    expect((await search(session, "treasure"))[0]?.seq).toBe(1);
  });
});

it("a long message with all words of the question is read, however many long ones have one of them", async () => {
  const long = (sentence: string) => `${sentence} ${"Nobody minded the weather at all. ".repeat(60)}`;
  const messages = smallTalk(200).map((message, at) => {
    if (at === 9) return { ...message, content: long("The zeppelin has a captain.") };
    if (at > 20 && at % 10 === 0) return { ...message, content: `${long("A zeppelin.")} ${long("A zeppelin.")}` };
    return at > 20 && at % 10 === 5 ? { ...message, content: "It was the captain." } : message;
  });
  const session = await sessionWith([...messages, { role: "user", content: "I saw a zeppelin." }]);
  const [first] = await search(session, "zeppelin captain");
  expect(first?.seq).toBe(10);
});
