import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandServer, expectFailure, freshId } from "./support/command-server";

const server = commandServer();

const json = async (...args: string[]) => {
  const { out, code } = await server.run([...args, "--json"]);
  return { ...JSON.parse(out), code };
};

const exported = async (...args: string[]) => (await server.run(["export", ...args])).out;

describe("llamory import", () => {
  it("reads what llamory export wrote of a user, into the user that it names", async () => {
    const { session, user } = await server.remembered();
    const path = server.file("ana.ndjson", await exported("-u", user));
    const other = freshId();
    expectFailure(await server.run(["import", path]), 2, /export of a user: .* with --user ID\.$/m);
    expectFailure(await server.run(["import", path, "-u", other, "--learn"]), 2, /Omit --learn/);
    expectFailure(await server.run(["import", path, "-u", other, "-s", "a"]), 2, /Omit --session/);
    expect(await json("import", path, "-u", other, "--dry-run")).toEqual({
      ...{ code: 0, dryRun: true, conversations: 1, facts: 1 },
      sessions: [],
    });
    expect((await server.run(["facts", "-u", other])).out).toBe("");

    const copied = await server.run(["import", path, "-u", other]);
    expect(copied.out).toMatch(/^Imported 1 session and 1 fact of user \S+\.\nNew ids, because theirs were in use:\n/);
    const copy = /→ (\S+)/.exec(copied.out)?.[1] ?? "";
    expect(await server.transcript(copy)).toEqual(await server.transcript(session));
    expect((await server.run(["facts", "-u", other])).out).toContain("Keeps bees.");

    await server.run(["forget", "-u", user, "--yes"]);
    expect(await json("import", path, "-u", user)).toMatchObject({
      ...{ code: 0, facts: 1 },
      sessions: [{ from: session, to: session }],
    });
    expect(await server.transcript(session)).toHaveLength(2);
  });

  it("reads what llamory export wrote of a session, also as PowerShell redirects it", async () => {
    const { session, user } = await server.remembered();
    const lines = await exported("-s", session);
    const utf16 = server.file("a.ndjson", Buffer.from(`\ufeff${lines.replaceAll("\n", "\r\n")}`, "utf16le"));
    const restored = freshId();
    expect(await json("import", utf16, "-s", restored, "--dry-run")).toMatchObject({ dryRun: true, messages: 2 });
    expect(await server.transcript(restored)).toEqual([]);
    const { out, code } = await server.run(["import", utf16, "-s", restored, "-u", user]);
    expect([out, code]).toEqual([`Imported session ${restored} with 2 messages.\n`, 0]);
    expect(await server.transcript(restored)).toEqual(await server.transcript(session));
    await expect
      .poll(async () => (await server.run(["sessions", "-u", user])).out, { timeout: 30_000 })
      .toContain(restored);
    expectFailure(await server.run(["import", utf16, "-s", restored]), 1, /needs an empty session/);

    const { sessionId, messages } = await json("import", server.file("a.ndjson", lines));
    expect(messages).toBe(2);
    expect(await server.transcript(sessionId)).toHaveLength(2);
  });

  it("sends a user of more than 500 sessions in several requests, whose facts name the sessions as they are here", async () => {
    const user = freshId();
    const createdAt = "2024-05-01T10:00:00.000Z";
    const session = (sessionId: string) => [
      { session: { sessionId } },
      { llamory: "session", version: 1 },
      { message: { role: "user", content: `I am ${sessionId}.`, createdAt } },
      { end: { messages: 1 } },
    ];
    const page = (ids: string[], nextCursor: string | null, facts: object[] = []) => [
      { llamory: "user", version: 1 },
      ...ids.flatMap(session),
      ...facts,
      { end: { sessions: ids.length, facts: facts.length, nextCursor } },
    ];
    const used = freshId();
    await server.run(["ask", "Hi", "-s", used]);
    const ids = [used, ...Array.from({ length: 519 }, freshId)];
    const version = {
      ...{ number: 1, text: "Keeps bees.", pinned: false, since: null, until: null, writtenBy: "person" },
      ...{ source: { sessionId: used, seq: 1 }, learned: [], createdAt, updatedAt: createdAt },
    };
    const lines = Array.from({ length: 13 }, (_, at) => {
      const isLast = at === 12;
      const fact = { fact: { id: crypto.randomUUID(), versions: [version] } };
      return page(ids.slice(at * 40, at * 40 + 40), isLast ? null : `c${at}`, isLast ? [fact] : []);
    });
    const text = `${lines
      .flat()
      .map((line) => JSON.stringify(line))
      .join("\n")}\n`;
    const { code, sessions, facts } = await json("import", server.file("many.ndjson", text), "-u", user);
    expect([code, sessions.length, facts]).toEqual([0, 520, 1]);
    const to = sessions[0]?.to;
    expect(to).not.toBe(used);
    const listed = await (await fetch(`${server.url}/users/${user}/facts`)).json();
    expect(listed).toMatchObject({ data: [{ text: "Keeps bees.", sources: [{ sessionId: to, seq: 1 }] }] });
  });

  it("stores nothing of an export that is cut off", async () => {
    const { session, user } = await server.remembered();
    const lines = (await exported("-u", user)).trimEnd().split("\n");
    const half = server.file("half.ndjson", lines.slice(0, -1).join("\n"));
    expectFailure(await server.run(["import", half, "-u", freshId()]), 2, /cut off in the middle of a page/);
    const first = server.file("first.ndjson", lines.join("\n").replace('"nextCursor":null', '"nextCursor":"a"'));
    expectFailure(await server.run(["import", first, "-u", freshId()]), 2, /Its last page is missing/);
    const part = (await exported("-s", session)).split("\n").slice(0, 2).join("\n");
    expectFailure(await server.run(["import", server.file("a.ndjson", part)]), 2, /The export is cut off/);
  });

  it("names an export of Llamory that lies among other files", async () => {
    const folder = join(server.folder, "among");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.ndjson"), '{"llamory":"session","version":1}\n{"end":{"messages":0}}\n');
    writeFileSync(join(folder, "b.json"), "[]");
    expectFailure(
      await server.run(["import", folder]),
      2,
      /a\.ndjson: It is an export of Llamory: import it by itself/,
    );
  });
});
