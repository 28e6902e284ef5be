import type { ServerResponse } from "node:http";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { buildCommand, HAS_TERMINAL, llamory, Terminal } from "./support/command";
import { expectFailure, freshId } from "./support/command-server";
import { type Received, serve } from "./support/http";
import { Workerd } from "./support/workerd";

beforeAll(() => {
  buildCommand();
});

/** Streams the words of an answer one by one; waits after the first one while a question says so. */
const slowModel = (gate: Promise<void>) =>
  serve(async ({ body }: Received, response: ServerResponse) => {
    const { messages } = body as { messages: { content: string }[] };
    const question = messages.at(-1)?.content ?? "";
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = (content: string) =>
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    if (question.includes("hostile")) say("\u001b]0;a title\u0007\u001b[2J\u009b2J");
    say("First ");
    if (question.includes("wait")) await gate;
    say("and last.");
    response.end('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  });

/** Starts a server with the slow model. */
async function talkingServer(gate: Promise<void>) {
  const upstream = await slowModel(gate);
  const settings = { OPENAI_BASE_URL: `http://${upstream.address}/v1`, FALLBACK_MODEL: "" };
  const server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OpenAIModel" }, settings });
  await server.start();
  return {
    url: server.url,
    async newest(session: string): Promise<{ status: string; content: string } | undefined> {
      const response = await fetch(`${server.url}/sessions/${session}/messages?limit=1`);
      const { data }: { data: { status: string; content: string }[] } = await response.json();
      return data[0];
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(!HAS_TERMINAL)("llamory chat in a terminal", () => {
  it("streams, explains, stops an answer with Ctrl+C, and ends", async () => {
    const gate = Promise.withResolvers<void>();
    await using talking = await talkingServer(gate.promise);
    const session = freshId();
    const terminal = new Terminal(["chat", "-s", session], talking.url);
    await terminal.shows("> ");
    terminal.type("My hives stand under a lime tree.\r");
    await terminal.shows("First and last.");
    await terminal.shows("> ");
    terminal.type("/why\r");
    await terminal.shows("recalled");
    await terminal.shows("> ");
    terminal.type("Please wait.\r");
    await terminal.shows("First");
    terminal.type("\x03");
    await terminal.shows("(Stopped.)");
    await terminal.shows("> ");
    terminal.type("\x03");
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown).not.toMatch(/node:internal|Error/);
    gate.resolve();
    expect(await talking.newest(session)).toMatchObject({
      status: "cancelled",
      content: expect.stringContaining("First"),
    });
  });

  it("shows no control characters of an answer, and a pipe gets all of them", async () => {
    await using talking = await talkingServer(Promise.resolve());
    const terminal = new Terminal(["ask", "A hostile answer.", "-s", freshId()], talking.url);
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown).toBe("]0;a title[2J2JFirst and last.\r\n");
    const piped = await llamory(["ask", "A hostile answer.", "-s", freshId()], { url: talking.url });
    expect(piped.out).toBe("\u001b]0;a title\u0007\u001b[2J\u009b2JFirst and last.\n");
  });

  it("continues to show an answer that was being written when the command was killed", async () => {
    const gate = Promise.withResolvers<void>();
    await using talking = await talkingServer(gate.promise);
    const session = freshId();
    const killed = new Terminal(["chat", "-s", session], talking.url);
    await killed.shows("> ");
    killed.type("Please wait.\r");
    await killed.shows("First");
    killed.kill();
    await killed.ended;
    const terminal = new Terminal(["chat", "-s", session], talking.url);
    await terminal.shows("First");
    gate.resolve();
    await terminal.shows("and last.");
    await terminal.shows("> ");
    terminal.type("/quit\r");
    expect(await terminal.ended).toBe(0);
  });
});

it("ends the turn of a question that is stopped with Ctrl+C, and keeps its text", async () => {
  const gate = Promise.withResolvers<void>();
  await using talking = await talkingServer(gate.promise);
  const session = freshId();
  const stopped = await llamory(["ask", "Please wait.", "-s", session], { url: talking.url, stopAt: "First" });
  gate.resolve();
  expectFailure({ ...stopped, out: "" }, 130, /Stopped/);
  expect(await talking.newest(session)).toMatchObject({
    status: "cancelled",
    content: expect.stringContaining("First"),
  });
});

it("answers the lines of a file one after another", async () => {
  await using talking = await talkingServer(Promise.resolve());
  const { out, err, code } = await llamory(["chat", "-s", freshId()], {
    url: talking.url,
    stdin: "One.\nTwo.\n/why\n",
  });
  expect(out.match(/First and last\./g)).toHaveLength(2);
  expect(out).toContain("recalled");
  expect([err, code]).toEqual(["", 0]);
});
