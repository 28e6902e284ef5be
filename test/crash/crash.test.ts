/**
 * Kills the server under load repeatedly. Every acknowledged turn must be stored once and in order, and every turn of a
 * user must reach the user's object.
 */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const ROUNDS = 20;
const SESSIONS = 32;

/** Every other session belongs to one of four users. */
const userOf = (at: number) => (at % 2 ? `u${at % 8}` : undefined);

/** A turn that the server acknowledged and must not lose. */
interface Acknowledged {
  session: string;
  question: string;
  answer?: string;
}

interface Message {
  role: string;
  content: string;
  status: string;
}

/** Starts a model that repeats the question and adds a few words, about a millisecond apart. */
const slowly = () =>
  serve(async ({ body }, response) => {
    const { inputs } = body as { inputs: { messages: { content: string }[]; stream?: boolean } };
    const words = `re: ${inputs.messages.at(-1)?.content} one two three four five six`.split(/(?<= )/);
    if (!inputs.stream) {
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ response: words.join("") }));
      }, 3);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = () => {
      const word = words.shift();
      if (word === undefined) return response.end("data: [DONE]\n\n");
      response.write(`data: ${JSON.stringify({ response: word })}\n\n`);
      setTimeout(say, 1);
    };
    say();
  });

/** Sends JSON and streamed questions in turn until the server dies, and records acknowledged turns. */
async function client(url: string, at: number, round: number, log: Acknowledged[]): Promise<void> {
  const [session, userId] = [`s${at}`, userOf(at)];
  for (let asked = 0; asked < 1_000; asked += 1) {
    const question = `question ${round}.${asked} of ${session}`;
    const stream = asked % 2 === 0;
    try {
      const response = await post(`${url}/ask`, { sessionId: session, userId, question, stream });
      if (!response.ok) throw new Error(await response.text());
      if (!stream) {
        const { answer } = (await response.json()) as { answer: string };
        log.push({ session, question, answer });
        continue;
      }
      const entry: Acknowledged = { session, question };
      let text = "";
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        if (text.includes("event: start") && !log.includes(entry)) log.push(entry);
      }
      const done = /event: done\ndata: (.*)\n/.exec(text)?.[1];
      if (done) entry.answer = (JSON.parse(done) as { answer: string }).answer;
    } catch {
      return;
    }
  }
}

async function transcript(url: string, session: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let before = ""; ; ) {
    const response = await fetch(`${url}/sessions/${session}/messages?limit=1000${before}`);
    const { data, nextCursor } = (await response.json()) as { data: Message[]; nextCursor: number | null };
    messages.push(...data);
    if (nextCursor === null) return messages.reverse();
    before = `&before=${nextCursor}`;
  }
}

interface Listed {
  sessionId: string;
  messages: number;
}

/** Returns the number of messages that the users' objects have of each session. */
async function known(url: string): Promise<Map<string, number>> {
  const lists = await Promise.all(
    ["u1", "u3", "u5", "u7"].map(async (user) => {
      const response = await fetch(`${url}/users/${user}/sessions?limit=1000`);
      return ((await response.json()) as { data: Listed[] }).data;
    }),
  );
  return new Map(lists.flat().map(({ sessionId, messages }) => [sessionId, messages]));
}

/** Returns the places of a text in a user's object, each as `session seq`. */
async function placesOf(url: string, user: string, text: string): Promise<string[]> {
  const response = await post(`${url}/users/${user}/search`, { q: text, limit: 100 });
  const { data } = (await response.json()) as { data: { sessionId: string; seq: number; content: string }[] };
  return data.filter(({ content }) => content === text).map(({ sessionId, seq }) => `${sessionId} ${seq}`);
}

it(`loses nothing and doubles nothing in ${ROUNDS} kills`, async () => {
  await using model = await slowly();
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
  const log: Acknowledged[] = [];
  const counts = {
    ...{ kills: 0, questions: 0, answers: 0, interrupted: 0, missing: 0, doubled: 0, disorder: 0 },
    ...{ known: 0, misplaced: 0 },
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.start();
    const clients = sessions.map((_, at) => client(server.url, at, round, log));
    await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 800));
    await server.kill();
    counts.kills += 1;
    await Promise.all(clients);
  }
  await server.start();
  const transcripts = new Map<string, Message[]>();
  for (const session of sessions) transcripts.set(session, await transcript(server.url, session));
  // Alarms send the pending updates half a minute after the last kill.
  const said = [...transcripts].flatMap(([session, messages], at): [string, number][] =>
    userOf(at) ? [[session, messages.filter(({ content }) => content !== "").length]] : [],
  );
  await expect.poll(() => known(server.url), { timeout: 60_000, interval: 1_000 }).toEqual(new Map(said));
  for (const [index, session] of sessions.entries()) {
    const messages = transcripts.get(session) ?? [];
    const user = userOf(index);
    counts.disorder +=
      messages.filter(({ role }, at) => role !== (at % 2 ? "assistant" : "user")).length + (messages.length % 2);
    counts.interrupted += messages.filter(
      ({ role, status }) => role === "assistant" && status === "interrupted",
    ).length;
    for (const { question, answer } of log.filter((entry) => entry.session === session)) {
      const places = messages.flatMap(({ content }, at) => (content === question ? [at] : []));
      counts.questions += 1;
      if (places.length > 1) counts.doubled += 1;
      const answered = messages[(places[0] ?? Number.NaN) + 1];
      if (places.length === 0) counts.missing += 1;
      if (answer === undefined) continue;
      counts.answers += 1;
      if (answered?.content !== answer) counts.missing += 1;
      if (user === undefined) continue;
      counts.known += 1;
      const seq = (places[0] ?? 0) + 1;
      for (const [text, place] of [
        [question, `${session} ${seq}`],
        [answer, `${session} ${seq + 1}`],
      ] as const) {
        if ((await placesOf(server.url, user, text)).join() !== place) counts.misplaced += 1;
      }
    }
  }
  console.info(JSON.stringify(counts));
  expect(counts.answers).toBeGreaterThan(100);
  expect(counts).toMatchObject({ kills: ROUNDS, missing: 0, doubled: 0, disorder: 0, misplaced: 0 });
  expect(counts.known).toBeGreaterThan(50);
});
