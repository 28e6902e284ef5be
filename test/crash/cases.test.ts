/** Kills the server between a statement of a person and the question about it: facts, new conversations, deletions. */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const DOG = "Has a dog named Rex with epilepsy.";
const ALLERGY = "Is severely allergic to penicillin.";
const TRIPS = 200;
/** The number of requests that the test sends at once. */
const AT_ONCE = 10;

/** The changes that the model derives from a text, and the known fact that they change. */
const LEARNED: [said: RegExp, changes: object[], known?: RegExp][] = [
  [/epilepsy/, [{ do: "add", text: DOG }]],
  [/poodle/, [{ do: "change", text: "Has a poodle named Rex with epilepsy." }], /^(\d+)\. .*epilepsy/m],
  [/Lisbon last|Lissabon|里斯本/, [{ do: "change", text: "Lives in Lisbon." }], /^(\d+)\. Lives in Berlin\.$/m],
  [/no tea/, [{ do: "drop" }], /^(\d+)\. Likes tea\.$/m],
  [/bees/, [{ do: "add", text: "Keeps bees." }]],
  [/next month/, [{ do: "add", text: "Moves to Rome.", since: "2026-12-01" }]],
  [
    /plums/,
    [
      { do: "change", fact: 99, text: "x" },
      { do: "add", text: " " },
      { do: "add", text: "Likes plums." },
    ],
  ],
  [/old letter/, [{ do: "add", text: "Has written letters." }]],
];

/** The prompts of questions, by question. */
const prompts = new Map<string, string>();

/** Starts a model that learns facts, and answers by repeating the question. */
const startModel = () =>
  serve(({ body }, response) => {
    const { messages } = (body as { inputs: { messages: { content: string }[] } }).inputs;
    const last = messages.at(-1)?.content ?? "";
    const [known = "", said = ""] = last.split("\n\nSaid:\n");
    const isExtraction = messages[0]?.content.startsWith("You keep short facts");
    const [, changes = [], changed] = LEARNED.find(([text]) => text.test(said)) ?? [];
    const fact = changed && Number(changed.exec(known)?.[1]);
    const text = isExtraction
      ? JSON.stringify({ changes: changes.map((change) => ({ ...(fact && { fact }), ...change })) })
      : `You said: ${last}`;
    if (!isExtraction) prompts.set(last, messages.map(({ content }) => content).join("\n"));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ response: text }));
  });

interface Fact {
  id: string;
  text: string;
  since: string | null;
  sources: { sessionId: string }[];
}

let model: Awaited<ReturnType<typeof startModel>>;
let server: Workerd;

beforeAll(async () => {
  model = await startModel();
  server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address }, settings: { FACTS: "model" } });
  await server.start();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

async function kill(): Promise<void> {
  await server.kill();
  await server.start();
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(server.url + path, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(300);
  return JSON.parse(text) as T;
}

const userPath = (user: string, path = "") => `/users/${encodeURIComponent(user)}${path}`;
const add = (user: string, text: string) => send<Fact>("POST", userPath(user, "/facts"), { text });
const factsOf = async (user: string, query = "") =>
  (await send<{ data: Fact[] }>("GET", userPath(user, `/facts${query}`))).data;
const texts = async (user: string, query?: string) => (await factsOf(user, query)).map(({ text }) => text).sort();
const learnt = (user: string, ...expected: string[]) =>
  expect.poll(() => texts(user), { timeout: 60_000 }).toEqual(expected.sort());
const remove = (session: string) => send("DELETE", `/sessions/${session}`);

/** Asks, and returns the prompt of the question. */
async function ask(user: string, sessionId: string, question: string): Promise<string> {
  const response = await post(`${server.url}/ask`, { sessionId, userId: user, question });
  expect(response.status).toBe(200);
  return [...prompts].find(([asked]) => asked.includes(question))?.[1] ?? "";
}

describe("after SIGKILL", () => {
  it("the fact of the first session is current again when the second one is deleted", async () => {
    await ask("eva", "eva-dog", "My dog is named Rex and he has epilepsy.");
    await learnt("eva", DOG);
    await ask("eva", "eva-poodle", "My dog is a poodle.");
    await learnt("eva", "Has a poodle named Rex with epilepsy.");
    await kill();
    await remove("eva-poodle");
    await kill();
    expect(await texts("eva")).toEqual([DOG]);
  });

  it("a fact that a person wrote is current again when the session that changed it is deleted", async () => {
    const { id } = await add("ben", "Lives in Berlin.");
    await ask("ben", "ben-moves", "I moved to Lisbon last week.");
    await learnt("ben", "Lives in Lisbon.");
    await kill();
    await remove("ben-moves");
    await kill();
    expect(await factsOf("ben")).toMatchObject([{ id, text: "Lives in Berlin." }]);
  });

  it("a fact that the model dropped is listed as ended, and can be reverted", async () => {
    const { id } = await add("ida", "Likes tea.");
    await ask("ida", "ida-tea", "I drink no tea any more.");
    await learnt("ida");
    await kill();
    expect([await texts("ida"), await texts("ida", "?history=true")]).toEqual([[], ["Likes tea."]]);
    await send("POST", userPath("ida", `/facts/${id}/revert`), { version: 1 });
    await kill();
    expect(await texts("ida")).toEqual(["Likes tea."]);
  });

  it.each([
    ["en", "I moved to Lisbon last week."],
    ["de", "Letzte Woche bin ich nach Lissabon gezogen."],
    ["zh", "我上周搬到了里斯本。"],
  ])("the model is shown the fact that it should change (%s)", async (user, said) => {
    await add(user, "Lives in Berlin.");
    await kill();
    await ask(user, `${user}-moves`, said);
    await learnt(user, "Lives in Lisbon.");
    await kill();
    expect(await texts(user)).toEqual(["Lives in Lisbon."]);
  });

  it("an old fact that matches the question is in the prompt, and search finds it", async () => {
    await add("uma", ALLERGY);
    for (let at = 1; at <= 40; at += 1) await add("uma", `Visited the village number ${at} on a long walk.`);
    await kill();
    expect(await ask("uma", "uma-asks", "Which medicine am I allergic to?")).toContain(ALLERGY);
    const found = await send<{ facts: Fact[] }>("GET", userPath("uma", "/search?q=penicillin"));
    expect(found.facts.map(({ text }) => text)).toEqual([ALLERGY]);
  });

  it("the same fact is stored once, by hand and by the model", async () => {
    for (const text of ["Likes figs.", "likes  figs", "LIKES FIGS."]) {
      await add("leo", text);
      await kill();
    }
    expect(await texts("leo")).toEqual(["Likes figs."]);
    for (const session of ["kim-1", "kim-2", "kim-3"]) {
      await ask("kim", session, "I keep bees.");
      const sources = async () => (await factsOf("kim"))[0]?.sources.map(({ sessionId }) => sessionId) ?? [];
      await expect.poll(sources, { timeout: 60_000 }).toContain(session);
      await kill();
    }
    expect(await factsOf("kim")).toMatchObject([{ text: "Keeps bees.", sources: [{}, {}, {}] }]);
  });

  it("a fact carries its time, and an impossible change discards no good one", async () => {
    await ask("tom", "tom-1", "I am moving next month.");
    await learnt("tom", "Moves to Rome.");
    await ask("tom", "tom-2", "I like plums.");
    await learnt("tom", "Likes plums.", "Moves to Rome.");
    await kill();
    const facts = await factsOf("tom");
    expect(facts.map(({ text, since }) => [text, since]).sort()).toEqual([
      ["Likes plums.", null],
      ["Moves to Rome.", "2026-12-01"],
    ]);
  });

  it("a new conversation begins with the end of the latest one", async () => {
    await ask("zoe", "zoe-1", "Plan a trip to Rome with me.");
    const questions = [
      "Let's continue where we left off.",
      "What were we talking about last time?",
      "Lass uns da weitermachen, wo wir aufgehört haben.",
      "Sigamos donde lo dejamos.",
    ];
    for (const [at, question] of questions.entries()) {
      await kill();
      expect(await ask("zoe", `zoe-next-${at}`, question)).toContain("Plan a trip to Rome with me.");
      await remove(`zoe-next-${at}`);
    }
  });

  it("the newest of 200 sessions is found by a question about the most recent one", async () => {
    for (let at = 0; at < TRIPS; at += AT_ONCE) {
      const appends = Array.from({ length: AT_ONCE }, (_, next) => {
        const createdAt = new Date(Date.UTC(2025, 0, 1 + at + next)).toISOString();
        const content = `I am back from my trip to the town of Number${at + next}.`;
        const messages = [{ role: "user", content, createdAt }];
        return send("POST", `/sessions/trip-${at + next}/messages`, { userId: "ona", messages });
      });
      await Promise.all(appends);
    }
    const listed = async () =>
      (await send<{ data: object[] }>("GET", userPath("ona", "/sessions?limit=1000"))).data.length;
    await expect.poll(listed, { timeout: 60_000 }).toBe(TRIPS);
    await kill();
    expect(await ask("ona", "ona-asks", "What was my most recent trip?")).toContain("Number199.");
  });

  it("users keep their facts and sessions under ids of any script", async () => {
    const users = ["auth0|123", "google-oauth2|1", "jürgen", "用户1"];
    for (const [at, user] of users.entries()) {
      await add(user, "Lives in Berlin.");
      await ask(user, `script-${at}`, "Hello.");
    }
    await kill();
    for (const [at, user] of users.entries()) {
      expect(await texts(user)).toEqual(["Lives in Berlin."]);
      const sessions = () => send<{ data: object[] }>("GET", userPath(user, "/sessions"));
      await expect.poll(sessions, { timeout: 60_000 }).toMatchObject({ data: [{ sessionId: `script-${at}` }] });
    }
  });

  it("a session with a title by hand and appended messages belongs to its user, who learns from them", async () => {
    await ask("ron", "ron-1", "Hello.");
    await send("PATCH", "/sessions/ron-1", { title: "Old letters" });
    await kill();
    const messages = [{ role: "user", content: "This is an old letter." }];
    await send("POST", "/sessions/ron-1/messages", { learn: true, messages });
    await kill();
    await ask("ron", "ron-2", "Hello.");
    await learnt("ron", "Has written letters.");
    expect(await send("GET", userPath("ron", "/sessions"))).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({ sessionId: "ron-1", title: "Old letters", messages: 3 }),
      ]),
    });
  });

  it("an answer keeps its own text when the session that it quotes is deleted", async () => {
    await ask("amy", "amy-1", "My secret is mango.");
    await ask("amy", "amy-2", "Repeat: My secret is mango.");
    await kill();
    await remove("amy-1");
    await kill();
    const { data } = await send<{ data: { content: string }[] }>("GET", "/sessions/amy-2/messages");
    expect(data.map(({ content }) => content).join()).toContain("You said: Repeat: My secret is mango.");
    expect(await send("GET", "/sessions/amy-1/messages")).toMatchObject({ data: [] });
  });
});
