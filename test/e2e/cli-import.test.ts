import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { llamory } from "./support/command";
import { commandServer, expectFailure, freshId, SAMPLES } from "./support/command-server";

const server = commandServer();

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

const NO_TIME = "createdAt: must be a time in ISO 8601, or a number of seconds or milliseconds since 1970";

describe("llamory import", () => {
  const imported = async (...args: string[]) => {
    const { out, code, err } = await server.run(["import", ...args, "--json"]);
    return { ...JSON.parse(out || "{}"), code, err };
  };

  it("stores conversations with their titles and times, and the same file again changes nothing", async () => {
    const user = freshId();
    const conversations = [
      chatgpt(freshId(), 3, "Bees"),
      chatgpt(freshId(), 4, "Trees"),
      chatgpt(freshId(), 2, "Seas"),
    ];
    const path = server.file("conversations.json", JSON.stringify(conversations));
    const first = await imported(path, "--user", user);
    expect(first).toMatchObject({ code: 0, messages: 9, conversations: { new: 3 } });
    const session = `chatgpt:${conversations[0]?.id}`;
    const before = await server.transcript(session);
    expect(before[0]).toBe(`user: message 0 of ${conversations[0]?.id}`);
    const info = await (await fetch(`${server.url}/sessions/${encodeURIComponent(session)}`)).json();
    expect(info).toMatchObject({ title: "Bees", messages: 3, firstAt: "2024-05-01T10:00:00.000Z" });
    const again = await imported(path, "--user", user);
    expect(again).toMatchObject({ code: 0, messages: 0, conversations: { new: 0, unchanged: 3 } });
    expect(await server.transcript(session)).toEqual(before);
  });

  it("adds what is new to a conversation that has grown, also after questions in its session", async () => {
    const id = freshId();
    await imported(server.file("c.json", JSON.stringify([chatgpt(id, 3)])));
    const grown = await imported(server.file("c.json", JSON.stringify([chatgpt(id, 6)])));
    expect(grown).toMatchObject({ messages: 3, conversations: { grown: 1 } });
    expect(await server.transcript(`chatgpt:${id}`)).toHaveLength(6);
    await server.run(["ask", "What is new?", "-s", `chatgpt:${id}`]);
    const asked = await imported(server.file("c.json", JSON.stringify([chatgpt(id, 6)])));
    expect(asked).toMatchObject({ code: 0, messages: 0, conversations: { unchanged: 1 } });
    expect(await server.transcript(`chatgpt:${id}`)).toHaveLength(8);
  });

  it("adds an edited question whose answer is the same as before", async () => {
    const id = freshId();
    await imported(server.file("c.json", JSON.stringify([chatgpt(id, 4)])));
    // ChatGPT keeps both branches, and exports the times of the new one.
    const edited = JSON.stringify([chatgpt(id, 4)])
      .replace(`message 2 of ${id}`, "an edited message")
      .replace("1714557602", "1714557702")
      .replace("1714557603", "1714557703");
    expect(await imported(server.file("c.json", edited))).toMatchObject({ code: 0, messages: 2 });
    const transcript = await server.transcript(`chatgpt:${id}`);
    expect(transcript.slice(4)).toEqual(["user: an edited message", `assistant: message 3 of ${id}`]);
  });

  it("knows the messages again if all times are an hour later, as with another time zone", async () => {
    const id = freshId();
    await imported(server.file("c.json", JSON.stringify([chatgpt(id, 3)])));
    const later = JSON.stringify([chatgpt(id, 4)]).replaceAll("17145576", "17145612");
    const grown = await imported(server.file("c.json", later));
    expect(grown).toMatchObject({ messages: 1, conversations: { grown: 1 } });
  });

  it("continues after an import that stopped between two batches", async () => {
    const id = freshId();
    await imported(server.file("c.json", JSON.stringify([chatgpt(id, 1_000)])));
    const rest = await imported(server.file("c.json", JSON.stringify([chatgpt(id, 2_500)])));
    expect(rest).toMatchObject({ messages: 1_500, conversations: { grown: 1 } });
    const session = await (await fetch(`${server.url}/sessions/chatgpt:${id}`)).json();
    expect(session).toMatchObject({ messages: 2_500 });
  });

  it("stops with Ctrl+C, and stores the rest when it runs again", async () => {
    const conversations = Array.from({ length: 200 }, () => chatgpt(freshId(), 20));
    const path = server.file("c.json", JSON.stringify(conversations));
    const stopped = await llamory(["import", path], { url: server.url, stopAt: "conversations" });
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toContain("llamory: Stopped. Run the same command again to continue.");
    const rest = await imported(path);
    expect(rest).toMatchObject({ code: 0, conversations: { other: 0, failed: 0 } });
    expect(rest.conversations.unchanged).toBeGreaterThan(0);
    expect(rest.conversations.new).toBeGreaterThan(0);
    const sessions = conversations.map(async ({ id }) => server.transcript(`chatgpt:${id}`));
    for (const messages of await Promise.all(sessions)) expect(messages).toHaveLength(20);
  });

  it("leaves a session with other messages alone, and says so", async () => {
    const id = freshId();
    const session = `chatgpt:${id}`;
    await fetch(`${server.url}/sessions/${session}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ role: "user", content: "Something else" }] }),
    });
    const result = await imported(server.file("c.json", JSON.stringify([chatgpt(id, 3)])));
    expect(result).toMatchObject({ messages: 0, conversations: { other: 1 }, problems: [{ sessionId: session }] });
    expect(await server.transcript(session)).toEqual(["user: Something else"]);
  });

  it("stores nothing in a dry run", async () => {
    const id = freshId();
    const result = await imported(server.file("c.json", JSON.stringify([chatgpt(id, 3)])), "--dry-run");
    expect(result).toMatchObject({ dryRun: true, messages: 3, conversations: { new: 1 } });
    expect(await server.transcript(`chatgpt:${id}`)).toEqual([]);
  });

  it("splits messages of more than 400,000 characters, and lists refused ones", async () => {
    const id = freshId();
    const conversation = chatgpt(id, 2);
    const long = {
      id,
      messages: [{ role: "user", content: `${"word ".repeat(60_000)}\n\n${"text ".repeat(60_000)}` }],
    };
    const split = await imported(server.file("c.json", JSON.stringify(long)));
    expect(split).toMatchObject({ messages: 2, conversations: { new: 1 } });
    // A year before the first one.
    const early = JSON.stringify([conversation]).replaceAll("1714557600", "-99999999999");
    const refused = await imported(server.file("c.json", early));
    expect(refused).toMatchObject({ code: 1, messages: 1, refused: { [NO_TIME]: 1 } });
  });

  it("reads zips, folders, and each sample", async () => {
    const id = freshId();
    const bytes = new TextEncoder().encode(JSON.stringify([chatgpt(id, 2)]));
    expect(await imported(server.file("export.zip", zipSync({ "conversations.json": bytes })))).toMatchObject({
      messages: 2,
    });
    for (const name of ["claude.json", "open-webui.json", "librechat.json", "result.json", "openai.jsonl", "slack"])
      expect(await imported(join(SAMPLES, name), "--user", freshId())).toMatchObject({
        code: 0,
        conversations: { failed: 0 },
      });
  });

  it("says what it left out, in words", async () => {
    const { out, code } = await server.run(["import", join(SAMPLES, "conversations.json")]);
    expect(out).toMatch(/^Stored \d+ messages\. Conversations:\n {2}1 (?:new|unchanged)\nLeft out:\n/);
    expect(out).toContain("  entries that are no conversations: 1\n");
    expect(code).toBe(0);
  });

  it("counts one as one", async () => {
    const { out, err } = await server.run(["import", server.file("c.json", JSON.stringify([chatgpt(freshId(), 1)]))]);
    expect(out).toContain("Stored 1 message. Conversations:\n");
    expect(err).toContain("100 %: 1 conversation, 1 message, ");
  });

  it.each([
    ["other text", "hello", /format is not recognized\. Name the format with --format/],
    ["broken JSON", "[{]", /not valid JSON/],
    ["an empty file", "", /not recognized/],
    ["half a zip", new Uint8Array([0x50, 0x4b, 3, 4]), /zip is cut off/],
  ])("refuses %s with one sentence", async (_, content, sentence) => {
    expectFailure(await server.run(["import", server.file("x", content)]), 2, sentence);
  });

  it("does not ask for the name of a format that was named", async () => {
    const { code, err } = await server.run(["import", server.file("x", "hello"), "--format", "chatgpt"]);
    expect(code).toBe(2);
    expect(err).toMatch(/format is not recognized\.\n$/);
  });

  it("reads the files of a folder, not its links, which may lead nowhere or back into it", async () => {
    const folder = join(server.folder, "linked");
    mkdirSync(join(folder, "folder.json"), { recursive: true });
    writeFileSync(join(folder, "conversations.json"), JSON.stringify([chatgpt(freshId(), 2)]));
    symlinkSync(join(folder, "missing.json"), join(folder, "old.json"));
    // Two links double the number of paths in each of up to 40 levels.
    for (const name of ["a", "b"]) symlinkSync(folder, join(folder, name), "junction");
    expect(await imported(folder)).toMatchObject({ code: 0, messages: 2, conversations: { new: 1 } });
  });

  it("says how many files beside an export of Slack it left out", async () => {
    const folder = join(server.folder, "slack-and-more");
    cpSync(join(SAMPLES, "slack"), folder, { recursive: true });
    writeFileSync(join(folder, "conversations.json"), JSON.stringify([chatgpt(freshId(), 2)]));
    expect(await imported(folder)).toMatchObject({ code: 0, skipped: { "other files": 1 } });
  });

  it("names the file of a folder that is not valid JSON", async () => {
    const folder = join(server.folder, "broken");
    mkdirSync(join(folder, "inside"), { recursive: true });
    writeFileSync(join(folder, "fine.json"), JSON.stringify([chatgpt(freshId(), 2)]));
    writeFileSync(join(folder, "inside/half.json"), "[{]");
    expectFailure(await server.run(["import", folder]), 2, /broken: inside\/half\.json: It is not valid JSON\.$/m);
    const slack = join(server.folder, "broken-slack");
    cpSync(join(SAMPLES, "slack"), slack, { recursive: true });
    writeFileSync(join(slack, "users.json"), "[{]");
    expectFailure(await server.run(["import", slack]), 2, /users\.json: It is not valid JSON\.$/m);
  });

  it("refuses an empty folder with one sentence", async () => {
    const empty = join(server.folder, "empty");
    mkdirSync(empty);
    expectFailure(await server.run(["import", empty]), 2, /contains no conversations/);
  });
});
