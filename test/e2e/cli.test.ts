import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { root } from "./support/bundle";
import { buildCommand, HAS_TERMINAL, llamory, type Ran, Terminal } from "./support/command";
import { type Received, serve } from "./support/http";
import { Workerd } from "./support/workerd";

const SAMPLES = join(root, "test/converters/samples");
const folder = mkdtempSync(join(tmpdir(), "llamory-cli-"));
let server: Workerd;
let url = "";

beforeAll(async () => {
  buildCommand();
  server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
  await server.start();
  url = server.url;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const run = (args: string[], stdin?: string) => llamory(args, { url, stdin });
const fresh = () => `c-${crypto.randomUUID()}`;
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, `${crypto.randomUUID()}-${name}`);
  writeFileSync(path, content);
  return path;
};

interface Transcript {
  data: { role: string; content: string; createdAt: string }[];
}
const transcript = async (session: string) => {
  const response = await fetch(`${url}/sessions/${encodeURIComponent(session)}/messages?limit=1000`);
  const { data }: Transcript = await response.json();
  return data.reverse().map(({ role, content }) => `${role}: ${content}`);
};

/** A conversation of ChatGPT with so many messages. */
function chatgpt(id: string, length: number, title = "A title") {
  const mapping: Record<string, object> = { root: { id: "root", message: null, parent: null, children: ["0"] } };
  for (let at = 0; at < length; at += 1) {
    mapping[at] = {
      id: `${at}`,
      parent: at === 0 ? "root" : `${at - 1}`,
      children: [`${at + 1}`],
      message: {
        author: { role: at % 2 === 0 ? "user" : "assistant" },
        create_time: 1_714_557_600 + at,
        content: { content_type: "text", parts: [`message ${at} of ${id}`] },
      },
    };
  }
  return { id, title, mapping, current_node: `${length - 1}` };
}

/** Expects a failure with one sentence on stderr. */
function expectFailure({ code, out, err }: Ran, exitCode: number, sentence: RegExp): void {
  expect(err).toMatch(/^llamory: [^\n]+\n$/);
  expect(err).toMatch(sentence);
  expect(err).not.toMatch(/\bat \S+:\d+|node:internal|TypeError/);
  expect(out).toBe("");
  expect(code).toBe(exitCode);
}

describe("llamory", () => {
  it("prints its usage and its version", async () => {
    expect(await run(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("llamory COMMAND"), err: "" });
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await run(["-v"])).toMatchObject({ code: 0, out: `${version}\n` });
    expect(await run([])).toMatchObject({ code: 2, out: "" });
  });

  it.each([
    [["--nope"], /Unknown option '--nope'/],
    [["dance"], /no command "dance"/],
    [["ask", "a", "b"], /an argument too many: "b"/],
    [["ask", "a", "--url", "ftp://example.com"], /--url must be an address/],
    [["ask", "a", "--url", "not a url"], /--url must be an address/],
    [["ask", "a", "--token", "two words"], /--token must consist/],
    [["ask"], /question is empty/],
    [["import"], /Name the file/],
    [["import", "/no/such/file"], /does not exist/],
    [["import", SAMPLES, "--format", "fax"], /--format must be one of chatgpt/],
    [["import", SAMPLES, "--time-zone", "Mars/Olympus"], /--time-zone must be/],
    [["export"], /Name the session/],
    [["export", "--session", "a", "--user", "b"], /either a session or a user/],
    [["facts"], /Name the user/],
    [["forget"], /Name what to delete/],
    [["forget", "--session", "a"], /Confirm the deletion with --yes/],
  ])("refuses %j with one sentence", async (args, sentence) => {
    expectFailure(await run(args), 2, sentence);
  });

  it.each([["chat"], ["ask", "Hi"], ["import", join(SAMPLES, "claude.json")], ["sessions"], ["facts", "-u", "a"]])(
    "says that the server is not reachable: %s",
    async (...args) => {
      const refused = await llamory([...args, "--url", "http://127.0.0.1:1"]);
      expectFailure(refused, 3, /127\.0\.0\.1:1 cannot be reached/);
    },
  );

  it("says what the server refuses", async () => {
    expectFailure(await run(["ask", "Hi", "--session", "a b"]), 1, /sessionId: must be/);
    expectFailure(await run(["facts", "--user", "a b"]), 1, /userId: must be/);
  });

  it("asks, reads the question from stdin, and prints JSON", async () => {
    const session = fresh();
    await run(["ask", "My name is Ana and I keep bees.", "-s", session]);
    const { out, code } = await run(["ask", "-s", session], "What is my name?\n");
    expect(out).toContain("Ana");
    expect(code).toBe(0);
    const { out: json } = await run(["ask", "What is my name?", "-s", session, "--json"]);
    expect(JSON.parse(json)).toMatchObject({ sessionId: session, answer: expect.stringContaining("Ana") });
  });

  it("lists the sessions and facts of a user, exports, and forgets", async () => {
    const [session, user] = [fresh(), fresh()];
    await run(["ask", "My name is Ana.", "-s", session, "-u", user]);
    await fetch(`${url}/users/${user}/facts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "Keeps bees." }),
    });
    await expect.poll(async () => (await run(["sessions", "-u", user])).out, { timeout: 30_000 }).toContain(session);
    expect((await run(["facts", "-u", user])).out).toContain("Keeps bees.");
    const exported = (await run(["export", "-s", session])).out.trim().split("\n");
    expect(exported.map((line): unknown => JSON.parse(line)).at(-1)).toEqual({ end: { messages: 2 } });
    expect((await run(["forget", "-s", session, "--yes"])).out).toContain("with 2 messages");
    expect(await transcript(session)).toEqual([]);
    expect((await run(["forget", "-u", user, "--yes", "--json"])).out).toContain('"ok":true');
  });
});

describe("llamory import", () => {
  const imported = async (...args: string[]) => {
    const { out, code, err } = await run(["import", ...args, "--json"]);
    return { ...JSON.parse(out || "{}"), code, err };
  };

  it("stores conversations with their titles and times, and the same file again changes nothing", async () => {
    const user = fresh();
    const conversations = [chatgpt(fresh(), 3, "Bees"), chatgpt(fresh(), 4, "Trees"), chatgpt(fresh(), 2, "Seas")];
    const path = file("conversations.json", JSON.stringify(conversations));
    const first = await imported(path, "--user", user);
    expect(first).toMatchObject({ code: 0, messages: 9, conversations: { new: 3 } });
    const session = `chatgpt:${conversations[0]?.id}`;
    const before = await transcript(session);
    expect(before[0]).toBe(`user: message 0 of ${conversations[0]?.id}`);
    const info = await (await fetch(`${url}/sessions/${encodeURIComponent(session)}`)).json();
    expect(info).toMatchObject({ title: "Bees", messages: 3, firstAt: "2024-05-01T10:00:00.000Z" });
    const again = await imported(path, "--user", user);
    expect(again).toMatchObject({ code: 0, messages: 0, conversations: { new: 0, unchanged: 3 } });
    expect(await transcript(session)).toEqual(before);
  });

  it("adds what is new to a conversation that has grown, also after questions in its session", async () => {
    const id = fresh();
    await imported(file("c.json", JSON.stringify([chatgpt(id, 3)])));
    const grown = await imported(file("c.json", JSON.stringify([chatgpt(id, 6)])));
    expect(grown).toMatchObject({ messages: 3, conversations: { grown: 1 } });
    expect(await transcript(`chatgpt:${id}`)).toHaveLength(6);
    await run(["ask", "What is new?", "-s", `chatgpt:${id}`]);
    const asked = await imported(file("c.json", JSON.stringify([chatgpt(id, 6)])));
    expect(asked).toMatchObject({ code: 0, messages: 0, conversations: { unchanged: 1 } });
    expect(await transcript(`chatgpt:${id}`)).toHaveLength(8);
  });

  it("continues after an import that stopped between two batches", async () => {
    const id = fresh();
    await imported(file("c.json", JSON.stringify([chatgpt(id, 1_000)])));
    const rest = await imported(file("c.json", JSON.stringify([chatgpt(id, 2_500)])));
    expect(rest).toMatchObject({ messages: 1_500, conversations: { grown: 1 } });
    const session = await (await fetch(`${url}/sessions/chatgpt:${id}`)).json();
    expect(session).toMatchObject({ messages: 2_500 });
  });

  it("leaves a session with other messages alone, and says so", async () => {
    const id = fresh();
    const session = `chatgpt:${id}`;
    await fetch(`${url}/sessions/${session}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ role: "user", content: "Something else" }] }),
    });
    const result = await imported(file("c.json", JSON.stringify([chatgpt(id, 3)])));
    expect(result).toMatchObject({ messages: 0, conversations: { other: 1 }, problems: [{ sessionId: session }] });
    expect(await transcript(session)).toEqual(["user: Something else"]);
  });

  it("stores nothing in a dry run", async () => {
    const id = fresh();
    const result = await imported(file("c.json", JSON.stringify([chatgpt(id, 3)])), "--dry-run");
    expect(result).toMatchObject({ dryRun: true, messages: 3, conversations: { new: 1 } });
    expect(await transcript(`chatgpt:${id}`)).toEqual([]);
  });

  it("splits messages of more than 400,000 characters, and lists refused ones", async () => {
    const id = fresh();
    const conversation = chatgpt(id, 2);
    const long = {
      id,
      messages: [{ role: "user", content: `${"word ".repeat(60_000)}\n\n${"text ".repeat(60_000)}` }],
    };
    const split = await imported(file("c.json", JSON.stringify(long)));
    expect(split).toMatchObject({ messages: 2, conversations: { new: 1 } });
    const future = JSON.stringify([conversation]).replaceAll("1714557601", "99999999999");
    const refused = await imported(file("c.json", future));
    expect(refused).toMatchObject({ code: 1, messages: 1, refused: { "createdAt: must not be in the future": 1 } });
  });

  it("reads zips, folders, and each sample", async () => {
    const id = fresh();
    const bytes = new TextEncoder().encode(JSON.stringify([chatgpt(id, 2)]));
    expect(await imported(file("export.zip", zipSync({ "conversations.json": bytes })))).toMatchObject({ messages: 2 });
    for (const name of ["claude.json", "open-webui.json", "librechat.json", "result.json", "openai.jsonl", "slack"])
      expect(await imported(join(SAMPLES, name), "--user", fresh())).toMatchObject({
        code: 0,
        conversations: { failed: 0 },
      });
  });

  it("says what it left out, in words", async () => {
    const { out, code } = await run(["import", join(SAMPLES, "conversations.json")]);
    expect(out).toMatch(/^Stored \d+ messages\. Conversations:\n {2}1 (?:new|unchanged)\nLeft out:\n/);
    expect(out).toContain("1 entries that are no conversations");
    expect(code).toBe(0);
  });

  it.each([
    ["other text", "hello", /format is not recognized/],
    ["broken JSON", "[{]", /not valid JSON/],
    ["an empty file", "", /not recognized/],
    ["half a zip", new Uint8Array([0x50, 0x4b, 3, 4]), /zip is cut off/],
  ])("refuses %s with one sentence", async (_, content, sentence) => {
    expectFailure(await run(["import", file("x", content)]), 2, sentence);
  });

  it("refuses an empty folder with one sentence", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expectFailure(await run(["import", empty]), 2, /contains no conversations/);
  });
});

/** Streams the words of an answer one by one; waits after the first one while a question says so. */
const slowModel = (gate: Promise<void>) =>
  serve(async ({ body }: Received, response: ServerResponse) => {
    const { messages } = body as { messages: { content: string }[] };
    const question = messages.at(-1)?.content ?? "";
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say = (content: string) =>
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    say("First ");
    if (question.includes("wait")) await gate;
    say("and last.");
    response.end('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  });

describe.skipIf(!HAS_TERMINAL)("llamory chat in a terminal", () => {
  it("streams, explains, stops an answer with Ctrl+C, and ends", async () => {
    const gate = Promise.withResolvers<void>();
    await using upstream = await slowModel(gate.promise);
    const settings = { OPENAI_BASE_URL: `http://${upstream.address}/v1`, FALLBACK_MODEL: "" };
    await using talking = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OpenAIModel" }, settings });
    await talking.start();
    const session = fresh();
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
    const response = await fetch(`${talking.url}/sessions/${session}/messages?limit=1`);
    const { data }: { data: { status: string; content: string }[] } = await response.json();
    expect(data[0]).toMatchObject({ status: "cancelled", content: expect.stringContaining("First") });
  });

  it("continues to show an answer that was being written when the command was killed", async () => {
    const gate = Promise.withResolvers<void>();
    await using upstream = await slowModel(gate.promise);
    const settings = { OPENAI_BASE_URL: `http://${upstream.address}/v1`, FALLBACK_MODEL: "" };
    await using talking = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OpenAIModel" }, settings });
    await talking.start();
    const session = fresh();
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
