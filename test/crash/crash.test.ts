/** SIGKILL under load, again and again: what was acknowledged is there, once, and in order. */
import { expect, inject, it } from "vitest";
import { post, serve } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";

const ROUNDS = 20;
const SESSIONS = 32;

/** What a client was told, and the server may never forget. */
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

/** A model that says a few words, a millisecond or so apart, of the question that it got. */
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

/** Asks as long as the server lives, JSON and streams in turn, and writes down what is acknowledged. */
async function client(url: string, session: string, round: number, log: Acknowledged[]): Promise<void> {
  for (let at = 0; at < 1_000; at += 1) {
    const question = `question ${round}.${at} of ${session}`;
    const stream = at % 2 === 0;
    try {
      const response = await post(`${url}/ask`, { sessionId: session, question, stream });
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

it(`loses nothing and doubles nothing in ${ROUNDS} kills`, async () => {
  await using model = await slowly();
  await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: model.address } });
  const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
  const log: Acknowledged[] = [];
  const counts = { kills: 0, questions: 0, answers: 0, interrupted: 0, missing: 0, doubled: 0, disorder: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.start();
    const clients = sessions.map((session) => client(server.url, session, round, log));
    await new Promise((resolve) => setTimeout(resolve, 400 + Math.random() * 800));
    await server.kill();
    counts.kills += 1;
    await Promise.all(clients);
  }
  await server.start();
  for (const session of sessions) {
    const messages = await transcript(server.url, session);
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
    }
  }
  console.info(JSON.stringify(counts));
  expect(counts.answers).toBeGreaterThan(100);
  expect(counts).toMatchObject({ kills: ROUNDS, missing: 0, doubled: 0, disorder: 0 });
});
