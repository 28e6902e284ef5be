import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { llamory } from "./support/command";
import { commandServer, expectFailure, freshId, SAMPLES } from "./support/command-server";
import { serve } from "./support/http";

const server = commandServer();

describe("llamory", () => {
  it("prints its usage and its version", async () => {
    expect(await server.run(["--help"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("llamory COMMAND"),
      err: "",
    });
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await server.run(["-v"])).toMatchObject({ code: 0, out: `${version}\n` });
    expect(await server.run([])).toMatchObject({ code: 2, out: "" });
  });

  it.each([
    [["--nope"], /Unknown option '--nope'/],
    [["dance"], /no command "dance"/],
    [["ask", "a", "b"], /an argument too many: "b"/],
    [["ask", "a", "--url", "ftp://example.com"], /--url must be an address/],
    [["ask", "a", "--url", "not a url"], /--url must be an address/],
    [["ask", "a", "--url", "http://127.0.0.1/?key=1"], /--url must be an address/],
    [["ask", "a", "--url", "http://ana:hidden@127.0.0.1"], /--url must not contain a name or a password/],
    [["ask", "a", "--url", "http://ana:hidden@127.0.0.1:port"], /--url must be an address/],
    [["ask", "a", "--token", "two words"], /--token must consist/],
    [["ask"], /question is empty/],
    [["import"], /Name the file/],
    [["import", SAMPLES, "--learn"], /name --user with --learn/],
    [["import", "/no/such/file"], /does not exist/],
    [["import", SAMPLES, "--format", "fax"], /--format must be one of chatgpt/],
    [["import", SAMPLES, "--time-zone", "Mars/Olympus"], /--time-zone must be/],
    [["export"], /Name the session/],
    [["export", "--session", "a", "--user", "b"], /either a session or a user/],
    [["facts"], /Name the user/],
    [["forget"], /Name what to delete/],
    [["forget", "--session", "a"], /Confirm the deletion with --yes/],
  ])("refuses %j with one sentence", async (args, sentence) => {
    const refused = await server.run(args);
    expectFailure(refused, 2, sentence);
    expect(refused.err).not.toContain("hidden");
  });

  it.each([["chat"], ["ask", "Hi"], ["import", join(SAMPLES, "claude.json")], ["sessions"], ["facts", "-u", "a"]])(
    "says that the server is not reachable: %s",
    async (...args) => {
      const refused = await llamory([...args, "--url", "http://127.0.0.1:1"]);
      expectFailure(refused, 3, /127\.0\.0\.1:1 cannot be reached/);
    },
  );

  it.each([
    ["export", "-s", "a"],
    ["export", "-u", "a"],
    ["sessions"],
    ["facts", "-u", "a"],
    ["forget", "-s", "a", "-y"],
  ])("does not take the page of a proxy for an answer: %s", async (...args) => {
    await using proxy = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
    });
    const refused = await llamory([...args, "--url", `http://${proxy.address}`]);
    expectFailure(refused, 1, /does not answer as Llamory does\. Check the address/);
  });

  it("says that an export is cut off", async () => {
    await using cut = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end('{"llamory":"session","version":1}\n');
    });
    const { code, err } = await llamory(["export", "-s", "a", "--url", `http://${cut.address}`]);
    expect([code, err]).toEqual([1, "llamory: The export is cut off. Export again.\n"]);
  });

  it("exports all pages of a user", async () => {
    await using paged = await serve(({ url }, response) => {
      const end = { nextCursor: url.includes("cursor=") ? null : "next" };
      response
        .writeHead(200, { "content-type": "application/x-ndjson" })
        .end(`{"session":"a"}\n${JSON.stringify({ end })}\n`);
    });
    const { out, code } = await llamory(["export", "-u", "a", "--url", `http://${paged.address}`]);
    expect([code, out.match(/session/g)]).toEqual([0, ["session", "session"]]);
  });

  it("takes variables that are set but empty for not set", async () => {
    expect(await llamory(["--help"], { url: "", token: "" })).toMatchObject({ code: 0, err: "" });
    expect(await llamory(["ask", "Hi"], { url: server.url, token: "" })).toMatchObject({ code: 0, err: "" });
  });

  it("says what the server refuses", async () => {
    expectFailure(await server.run(["ask", ""]), 1, /^llamory: question: must not be empty\.$/m);
    expectFailure(await server.run(["ask", "Hi", "--session", "a b"]), 1, /sessionId: must be/);
    for (const user of ["a/b", "a/../b", "a/#"])
      expectFailure(await server.run(["forget", "--yes", "--user", user]), 1, /userId: must be/);
    expectFailure(await server.run(["facts", "--user", "a/b"]), 1, /userId: must be/);
  });

  it("asks, reads the question from stdin, and prints JSON", async () => {
    const session = freshId();
    await server.run(["ask", "My name is Ana and I keep bees.", "-s", session]);
    const { out, code } = await server.run(["ask", "-s", session], "What is my name?\n");
    expect(out).toContain("Ana");
    expect(code).toBe(0);
    const { out: json } = await server.run(["ask", "What is my name?", "-s", session, "--json"]);
    expect(JSON.parse(json)).toMatchObject({ sessionId: session, answer: expect.stringContaining("Ana") });
  });

  it("lists the sessions of all users", async () => {
    const [one, two, user] = [freshId(), freshId(), freshId()];
    for (const [session, more] of [
      [one, []],
      [two, ["-u", user]],
    ] as const) {
      await server.run(["ask", "My name is Ana.", "-s", session, ...more]);
      // A new title is listed at once.
      await fetch(`${server.url}/sessions/${session}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ title: `Title of ${session}` }),
      });
    }
    const lines = async () => (await server.run(["sessions"])).out.split("\n");
    await expect
      .poll(lines, { timeout: 30_000 })
      .toEqual(expect.arrayContaining([one, two].map((id) => expect.stringContaining(`${id}\t2\tTitle of ${id}`))));
    const { out } = await server.run(["sessions", "--json"]);
    const listed = out
      .trim()
      .split("\n")
      .map((line): { sessionId: string; userId?: string } => JSON.parse(line));
    expect(listed.find(({ sessionId }) => sessionId === two)).toMatchObject({ userId: user, messages: 2 });
    await server.run(["forget", "-s", one, "--yes"]);
    expect((await server.run(["sessions"])).out).not.toContain(one);
  });

  it("lists the sessions and facts of a user, exports, and forgets", async () => {
    const { session, user } = await server.remembered();
    expect((await server.run(["facts", "-u", user])).out).toContain("Keeps bees.");
    const exported = (await server.run(["export", "-s", session])).out.trim().split("\n");
    expect(exported.map((line): unknown => JSON.parse(line)).at(-1)).toEqual({ end: { messages: 2 } });
    const person = (await server.run(["export", "-u", user])).out.trim().split("\n");
    expect(JSON.parse(person.at(-1) ?? "")).toEqual({ end: { sessions: 1, facts: 1, nextCursor: null } });
    expect((await server.run(["forget", "-s", session, "--yes"])).out).toContain("with 2 messages.");
    expect(await server.transcript(session)).toEqual([]);
    await server.run(["ask", "My name is Ana.", "-s", session, "-u", user]);
    expect((await server.run(["forget", "-u", user, "--yes"])).out).toMatch(/ with 1 session and [01] facts?\.\n$/);
    expect((await server.run(["forget", "-u", user, "--yes", "--json"])).out).toContain('"ok":true');
  });
});
