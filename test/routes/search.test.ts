import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

interface Quoted {
  seq: number;
  score: number;
  content: string;
  from?: number;
  to?: number;
}

interface Explained {
  seq: number;
  rank: number | null;
  recalled: boolean;
  score: number;
  missedBy: number | null;
}

const NEEDLE = "The spare key of the boat house hangs behind the barometer.";
const filler = (from: number) =>
  Array.from({ length: 60 }, (_, at) => `Chapter ${from + at} of the novel 🚢 stays grey. `).join("");
const LETTER = `${filler(0)}${NEEDLE} ${filler(60)}`;
const QUESTION = "Where is the spare key of the boat house?";

/** Creates a session with a letter, a short message, and small talk after them. */
async function letterSession(): Promise<string> {
  const session = freshSession();
  const messages = [
    { role: "user", content: LETTER },
    { role: "assistant", content: "A barometer is a fine thing." },
    ...Array.from({ length: 120 }, (_, at) => ({
      role: at % 2 ? "assistant" : "user",
      content: `Grey weather, ${at}.`,
    })),
  ];
  await llamory.post(`/sessions/${session}/messages`, { messages });
  return session;
}

async function contextOf(session: string, options: object = {}) {
  const response = await llamory.post(`/sessions/${session}/context`, {
    ...{ question: QUESTION, windowTokens: 100, ...options },
  });
  expect(response.status).toBe(200);
  return response.json<{ memory: { recalled: Quoted[] }; explained?: Explained[] }>();
}

describe("a quotation of a long message", () => {
  it("is reported with its place, in the same units by /context, by search and by the answer", async () => {
    const session = await letterSession();
    const { memory } = await contextOf(session);
    const quoted = memory.recalled.find(({ seq }) => seq === 1);
    expect(quoted?.content).toContain(NEEDLE);
    expect(quoted?.content.length).toBeLessThan(600);
    expect(quoted?.content).toMatch(/^\[…\] .* \[…\]$/);
    const { from = 0, to = 0 } = quoted ?? {};
    expect(quoted?.content).toBe(`[…] ${LETTER.slice(from, to).trim()} […]`);

    const response = await llamory.post(`/sessions/${session}/search`, { q: QUESTION });
    const { data } = await response.json<{ data: Quoted[] }>();
    expect(data.find(({ seq }) => seq === 1)).toMatchObject({ content: LETTER, from, to });

    const model = await scripted(session, { response: "Behind it." });
    const small = worker({ CONTEXT_TOKENS: "2000", RECALL_TOKENS: "300" });
    const asked = await small.post("/ask", { sessionId: session, question: QUESTION, maxTokens: 64 });
    const answer = await asked.json<{ turnId: string; memory: { recalled: Quoted[] } }>();
    const cited = answer.memory.recalled.find(({ seq }) => seq === 1);
    expect(LETTER.slice(cited?.from, cited?.to)).toContain(NEEDLE);
    expect((await model.runs())[0]?.inputs.messages.map(({ content }) => content).join("\n")).toContain(
      LETTER.slice(cited?.from, cited?.to).trim(),
    );
    const turn = await llamory.fetch(`/sessions/${session}/turns/${answer.turnId}`);
    expect((await turn.json<{ memory: unknown }>()).memory).toEqual(answer.memory);
  });

  it("has a place only if the message is quoted in part", async () => {
    const session = await letterSession();
    const { memory } = await contextOf(session);
    const short = memory.recalled.find(({ seq }) => seq === 2);
    expect(short).toMatchObject({ content: "A barometer is a fine thing." });
    expect(short).not.toHaveProperty("from");
    expect(short).not.toHaveProperty("to");
  });
});

describe("a sentence at the end of a long message", () => {
  it.each([
    ["a pasted text of 10 KB", `${filler(0).repeat(5)}${NEEDLE}`, QUESTION],
    [
      "a Chinese message of 1,600 characters",
      `${"天气还是灰蒙蒙的，没有人介意。".repeat(107)}船屋的备用钥匙挂在气压计后面。`,
      "船屋的备用钥匙在哪里？",
    ],
  ])("is found and quoted: %s", async (_what, content, question) => {
    const session = freshSession();
    const talk = Array.from({ length: 60 }, (_, at) => ({ role: "user", content: `Grey, ${at}.` }));
    await llamory.post(`/sessions/${session}/messages`, { messages: [{ role: "user", content }, ...talk] });
    const response = await llamory.post(`/sessions/${session}/context`, { question, windowTokens: 60 });
    const { memory } = await response.json<{ memory: { recalled: Quoted[] } }>();
    expect(memory.recalled[0]?.seq).toBe(1);
    expect(memory.recalled[0]?.content).toMatch(/barometer|气压计/);
  });
});

describe("an explanation", () => {
  it("is given by /context for each message that is named and exists", async () => {
    const session = await letterSession();
    const { memory, explained } = await contextOf(session, { explain: [122, 2, 1, 40, 9_999] });
    expect(explained?.map(({ seq }) => seq)).toEqual([1, 2, 40, 122]);
    expect(explained?.[0]).toMatchObject({ rank: 1, recalled: true, missedBy: 0 });
    expect(explained?.[1]).toMatchObject({ rank: 2, recalled: true, missedBy: 0 });
    // No word of the question is near message 40, and message 122 is in the window.
    for (const one of explained?.slice(2) ?? []) {
      expect(one).toMatchObject({ rank: null, recalled: false, missedBy: null, score: 0 });
    }
    expect(explained?.[0]?.score).toBeCloseTo(memory.recalled.find(({ seq }) => seq === 1)?.score ?? 0, 1);
  });

  it("has the tokens that a message missed by", async () => {
    const session = await letterSession();
    const missed = (await contextOf(session, { recallTokens: 25, explain: [1] })).explained?.[0];
    expect(missed).toMatchObject({ rank: 1, recalled: false });
    const recallTokens = 25 + (missed?.missedBy ?? 0);
    const { memory } = await contextOf(session, { recallTokens });
    expect(memory.recalled.map(({ seq }) => seq)).toContain(1);
  });

  it("says of messages that are all in the window that none is a candidate", async () => {
    const session = await letterSession();
    const response = await llamory.post(`/sessions/${session}/context`, { question: QUESTION, explain: [1] });
    expect(await response.json()).toMatchObject({ explained: [{ seq: 1, rank: null, recalled: false }] });
  });

  it("is given by a search, by GET and by POST, also for messages beyond its limit", async () => {
    const session = await letterSession();
    const path = `/sessions/${session}/search`;
    const got = await llamory.fetch(`${path}?${new URLSearchParams({ q: QUESTION, limit: "1", explain: "2,1" })}`);
    const posted = await llamory.post(path, { q: QUESTION, limit: 1, explain: [2, 1] });
    const body = await got.json<{ data: Quoted[]; explained: Explained[] }>();
    expect(await posted.json()).toEqual(body);
    expect(body.data.map(({ seq }) => seq)).toEqual([1]);
    expect(body.explained).toMatchObject([
      { seq: 1, rank: 1, recalled: true },
      { seq: 2, rank: 2, recalled: false },
    ]);
  });

  it("is absent if no message is named", async () => {
    const session = await letterSession();
    const searched = await llamory.post(`/sessions/${session}/search`, { q: QUESTION });
    expect(await searched.json()).not.toHaveProperty("explained");
    expect(await contextOf(session)).not.toHaveProperty("explained");
  });

  it.each([[[]], [[0]], [[1.5]], ["1"], [Array.from({ length: 101 }, (_, at) => at + 1)]])(
    "is refused by name for %j",
    async (explain) => {
      const session = freshSession();
      for (const [path, body] of [
        ["search", { q: "key", explain }],
        ["context", { question: "key", explain }],
      ] as const) {
        const response = await llamory.post(`/sessions/${session}/${path}`, body);
        expect(response.status).toBe(400);
        expect((await response.json<{ errors: { path: string }[] }>()).errors[0]?.path).toMatch(/^explain/);
      }
    },
  );

  it("is refused by name in a URL that is no list of numbers", async () => {
    const response = await llamory.fetch(`/sessions/${freshSession()}/search?q=key&explain=1,,2`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "explain" }] });
  });
});

describe("a search in the longest messages", () => {
  it("returns as many of the best as have a million characters, and all short ones", async () => {
    const session = freshSession();
    const messages = [
      ...Array.from({ length: 6 }, () => ({ role: "user", content: `The bee 🐝${" ".repeat(399_900)}` })),
      ...Array.from({ length: 6 }, () => ({ role: "user", content: "The bee." })),
    ];
    await llamory.post(`/sessions/${session}/messages`, { messages });
    const response = await llamory.post(`/sessions/${session}/search`, { q: "bee", limit: 100 });
    const { data } = await response.json<{ data: Quoted[] }>();
    const long = data.filter(({ content }) => content.length > 1_000);
    expect([long.length, data.length - long.length]).toEqual([3, 6]);
  });

  it("reads the best ones first", async () => {
    const session = freshSession();
    const messages = Array.from({ length: 8 }, (_, at) => ({
      role: "user",
      content: `${at === 7 ? "The bee and the hive. " : "The bee. "}${" ".repeat(390_000)}`,
    }));
    await llamory.post(`/sessions/${session}/messages`, { messages });
    const response = await llamory.post(`/sessions/${session}/search`, { q: "bee hive", limit: 100 });
    const { data } = await response.json<{ data: Quoted[] }>();
    expect(data[0]?.seq).toBe(8);
  });
});
