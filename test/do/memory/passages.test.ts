import { describe, expect, it } from "vitest";
import { excerptOf } from "../../../src/do/memory/borders";
import { Finder, type Passage } from "../../../src/do/memory/passages";
import { wantedOf } from "../../../src/do/memory/wanted";
import { search, sessionWith, smallTalk } from "../../support/memory";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

const SIZE = 280;
const FILLER = "Some of this is of no use to anybody at all. ";

function passageOf(text: string, question: string, size = SIZE): Passage {
  const wanted = wantedOf(question, true, { now: 0 });
  return new Finder(wanted, new Map(wanted.map(({ term }) => [term.word, 3]))).passage(text, size);
}

describe("the passage of a long message", () => {
  it.each([
    ["at its beginning", `The hive has a white queen. ${FILLER.repeat(40)}`],
    ["in its middle", `${FILLER.repeat(20)}The hive has a white queen. ${FILLER.repeat(20)}`],
    ["at its end", `${FILLER.repeat(40)}The hive has a white queen.`],
    ["in a list", `${"- none of this\n".repeat(60)}- The hive has a white queen.\n${"- nor of that\n".repeat(60)}`],
    ["in a paragraph of its own", `${FILLER.repeat(20)}\n\nThe hive has a white queen.\n\n${FILLER.repeat(20)}`],
  ])("holds the words of the question, in whole sentences: %s", (_where, text) => {
    const passage = passageOf(text, "Which queen has the hive?");
    expect(text.slice(passage.from, passage.to)).toContain("The hive has a white queen.");
    expect(passage.to - passage.from).toBeLessThanOrEqual(SIZE);
    expect(passage.share).toBe(1);
    expect(text.slice(passage.from, passage.to).trimStart()).toMatch(/^(?:Some|The|-)/);
    expect(text.slice(passage.from, passage.to).trimEnd()).toMatch(/(?:\.|this|that)$/);
  });

  it.each([
    [
      "Chinese",
      `${"今天天气很好。".repeat(100)}我在里斯本养了三箱蜜蜂。${"今天天气很好。".repeat(100)}`,
      "蜜蜂",
      "我在里斯本养了三箱蜜蜂。",
    ],
    [
      "Russian",
      `${"Погода хорошая. ".repeat(40)}Мой улей стоит под липой. ${"Погода хорошая. ".repeat(40)}`,
      "улей",
      "Мой улей стоит под липой.",
    ],
    [
      "German",
      `${"Das Wetter ist gut. ".repeat(40)}Die Bäume tragen Äpfel. ${"Das Wetter ist gut. ".repeat(40)}`,
      "apfel",
      "Die Bäume tragen Äpfel.",
    ],
    ["sharp s", `${FILLER.repeat(40)}Der Fußball ist gelb. ${FILLER.repeat(40)}`, "Fußball", "Der Fußball ist gelb."],
    ["dotless i", `${FILLER.repeat(40)}Kız okulda. ${FILLER.repeat(40)}`, "kız", "Kız okulda."],
    ["ligatures", `${FILLER.repeat(40)}The oﬃce is open. ${FILLER.repeat(40)}`, "office", "The oﬃce is open."],
    [
      "accents of their own",
      `${FILLER.repeat(40)}Ježek spí. ${FILLER.repeat(40)}`.normalize("NFD"),
      "ježek",
      "Ježek spí.".normalize("NFD"),
    ],
    ["capitals", `${FILLER.repeat(40)}THE QUEEN IS WHITE. ${FILLER.repeat(40)}`, "queen", "THE QUEEN IS WHITE."],
  ])("is found by words however they are written: %s", (_language, text, question, expected) => {
    const { from, to } = passageOf(text, question);
    expect(text.slice(from, to)).toContain(expected);
  });

  it.each([
    [
      "the words of the question, where no spaces are near",
      `${"ก".repeat(900)}ฮฬฌ${"ข".repeat(20)} ${"ค".repeat(900)}`,
      "ฮฬฌ",
    ],
    [
      "the last of them, at the end of the room",
      `${"a".repeat(9)}\n${"word ".repeat(55)}queen ${"word ".repeat(90)}`,
      "queen",
    ],
    [
      "what comes before them, where no sentence ends",
      `${"word ".repeat(90)}amber queen ${"word ".repeat(90)}`,
      "amber",
    ],
    [
      "whole sentences of Hindi",
      `${"मौसम अच्छा है। ".repeat(60)}मेरा छत्ता बड़ा है। ${"मौसम अच्छा है। ".repeat(60)}`,
      "मेरा छत्ता बड़ा है।",
    ],
  ])("holds %s", (_what, text, expected) => {
    const { from, to } = passageOf(text, "ฮฬฌ queen छत्ता");
    expect(text.slice(from, to)).toContain(expected);
    expect(to - from).toBeLessThanOrEqual(SIZE);
  });

  it.each([
    ["words joined by marks", "the bee_queen, HIVE-3 and a bee's hive3 – “queens”… hive\u200bqueen"],
    ["other forms", "queenly queens, queenliness, behive hives hiving hived"],
    ["code", "const queenHive = hive.queen(3); // QUEEN_HIVE: hives[0]"],
    ["nothing else", "queen"],
  ])("is the same with and without a word that is not English: %s", (_what, words) => {
    for (const before of [0, 20, 40]) {
      const text = `${FILLER.repeat(before)}${words} ${FILLER.repeat(40)}The hive. ${FILLER.repeat(20)}`;
      const end = " Über.";
      const { share, ...place } = passageOf(`${text}${end}`, "Which queen has hive 3?");
      expect(passageOf(text, "Which queen has hive 3?")).toEqual({ ...place, share });
    }
  });

  it("is the row of a table that has a name, not its heading, and not the row of a longer name", () => {
    const rows = Array.from({ length: 90 }, (_, at) => `| Lovelace${89 - at} | ${100_089 - at} |\n`);
    const text = `| name | iban |\n${rows.join("")}`;
    const { from, to } = passageOf(text, "Which iban has Lovelace4?");
    expect(text.slice(from, to)).toContain("| Lovelace4 |");
  });

  it("is the item of a list that has a number, not its heading", () => {
    const list = `A packing list:\n${Array.from({ length: 30 }, (_, at) => `${at}. The box with b${at}.\n`).join("")}`;
    const { from, to } = passageOf(list, "What is 23 on the packing list?");
    expect(list.slice(from, to)).toContain("23. The box with b23.");
  });

  it("has the name of one letter, not words that begin with it", () => {
    const text = `${"A cab came by, and cats called. ".repeat(20)}I think C++ is powerful but hard. ${FILLER.repeat(20)}`;
    const { from, to } = passageOf(text, "What do I think about C++?");
    expect(text.slice(from, to)).toContain("C++ is powerful");
  });

  it("begins and ends with whole characters", () => {
    for (const shift of ["", "a", "ab", "abc"]) {
      const text = `${shift}${"😀".repeat(300)}🍕${"😀".repeat(300)}`;
      const { from, to } = passageOf(text, "🍕?");
      expect(text.slice(from, to).isWellFormed()).toBe(true);
    }
  });

  it("has an Arabic word with its article, whatever was read before", () => {
    const text = `${"نص طويل بلا معنى. ".repeat(60)}أتعلم الألمانية. ${"نص طويل بلا معنى. ".repeat(60)}`;
    const { from, to } = passageOf(text, "الألمانية");
    expect(text.slice(from, to)).toContain("الألمانية");
  });

  it("has a word that most messages have, if the message has no rarer one", () => {
    const wanted = wantedOf("What did the dog do in Zanzibar?", true, { now: 0 });
    const finder = new Finder(wanted, new Map(Object.entries({ dog: 0.1, zanzibar: 8 })));
    const common = `${FILLER.repeat(20)}The dog barked. ${FILLER.repeat(20)}`;
    const { from, to } = finder.passage(common, SIZE);
    expect(common.slice(from, to)).toContain("The dog barked.");
    const both = `${"The dog barked. ".repeat(30)}${FILLER.repeat(20)}We saw Zanzibar. ${FILLER.repeat(20)}`;
    const rare = finder.passage(both, SIZE);
    expect(both.slice(rare.from, rare.to)).toContain("We saw Zanzibar.");
  });

  it("has the share of the message's words that it is worth", () => {
    const text = `The hive. ${FILLER.repeat(40)}The queen. ${FILLER.repeat(40)}`;
    expect(passageOf(text, "hive queen").share).toBeCloseTo(0.5);
  });

  it("is the beginning where no word of the question stands in the message", () => {
    expect(passageOf(`The beginning of it. ${FILLER.repeat(40)}`, "Which queen?")).toMatchObject({ from: 0, share: 1 });
  });

  it.each([
    ["no sentence ends", "and then we drove to the sea ".repeat(100)],
    ["only a greeting ends", `Hi.\n${"and then we drove to the sea ".repeat(100)}`],
    ["there are no spaces", '{"id":1,"name":"Ana"},'.repeat(100)],
    ["characters have no spaces", "今天开会讨论了停车场".repeat(100)],
  ])("is a beginning of at least half its size where %s", (_what, text) => {
    const { from, to } = passageOf(text, "Which queen?");
    expect([from, to >= SIZE / 2, to <= SIZE]).toEqual([0, true, true]);
  });

  it.each([
    ["no sentence ends", "word ".repeat(2_000)],
    ["no word ends", "a".repeat(20_000)],
    ["no word ends, and characters are pairs", "🐝".repeat(10_000)],
    ["nothing but line breaks", "\n".repeat(20_000)],
    ["only hits", "queen ".repeat(5_000)],
  ])("is bounded where %s", (_what, text) => {
    const passage = passageOf(text, "queen word");
    expect(passage.to - passage.from).toBeLessThanOrEqual(SIZE);
    expect(excerptOf(text, passage).isWellFormed()).toBe(true);
    expect(excerptOf(text, passage)).not.toContain("\ufffd");
  });
});

describe("an excerpt", () => {
  const code = "```ts\nconst hive = 1;\nconst queen = 2;\nconst drone = 3;\n```";
  const text = `Before it.\n${code}\nAfter it.`;
  const cut = (from: string, to: string) => excerptOf(text, { from: text.indexOf(from), to: text.indexOf(to) });

  it("says where text is left out", () => {
    expect(cut("const", "After")).toMatch(/^\[…\]/);
    expect(cut("Before", "After")).toMatch(/^Before it\.[\s\S]*\[…\]$/);
    expect(excerptOf(text, { from: 0, to: text.length })).toBe(text);
  });

  it.each([
    ["that it begins in", "const queen", "After", "[…]\n```ts\nconst queen = 2;\nconst drone = 3;\n```\u0020[…]"],
    ["that it ends in", "Before", "const drone", "Before it.\n```ts\nconst hive = 1;\nconst queen = 2;\n```\n[…]"],
    ["that it lies in", "const queen", "const drone", "[…]\n```ts\nconst queen = 2;\n```\n[…]"],
  ])("opens and closes a code fence %s", (_which, from, to, expected) => {
    expect(cut(from, to)).toBe(expected);
  });
});

describe("a long message", () => {
  const answer = `${FILLER.repeat(120)}For the loft I recommend sheep's wool, because it breathes. ${FILLER.repeat(120)}`;
  const history = [
    { role: "user", content: "How do I keep the house warm?", createdAt: "2022-01-01T10:00:00Z" },
    { role: "assistant", content: answer, createdAt: "2022-01-01T10:01:00Z" },
    ...smallTalk(200),
  ];

  it("is recalled by an excerpt that costs what is quoted", async () => {
    const session = await sessionWith(history);
    const response = await llamory.post(`/sessions/${session}/context`, {
      question: "What did you recommend for the loft?",
      windowTokens: 100,
    });
    const { messages, memory } = await response.json<{
      messages: { content: string }[];
      memory: { recalled: { seq: number }[]; prompt: { recalled: number } };
    }>();
    const prompt = messages.map(({ content }) => content).join("\n");
    expect(memory.recalled.map(({ seq }) => seq)).toContain(2);
    expect(prompt).toContain("I recommend sheep's wool");
    expect(prompt.length).toBeLessThan(answer.length);
  });

  it("is found whole by a search", async () => {
    const session = await sessionWith(history);
    expect((await search(session, "What did you recommend for the loft?"))[0]?.content).toBe(answer);
  });

  it("does not push short messages out of recall", async () => {
    const session = freshSession();
    const long = (at: number) => ({
      role: "assistant",
      content: `About the hive: ${FILLER.repeat(30)} The queen of a hive is fed well. ${FILLER.repeat(60)}`,
      createdAt: new Date(Date.UTC(2022, 0, 1, at)).toISOString(),
    });
    const messages = [
      ...Array.from({ length: 20 }, (_, at) => long(at)),
      { role: "user", content: "My hive has a queen called Beatrix.", createdAt: "2022-03-01T00:00:00Z" },
      ...smallTalk(60),
    ];
    await llamory.post(`/sessions/${session}/messages`, { messages });
    expect((await search(session, "What is the queen of my hive called?"))[0]?.content).toContain("Beatrix");
  });
});
