import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { askRequest } from "../support/ask-request";
import { exported, imported, tablesOf } from "../support/transfer";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

const HEAD = '{"llamory":"session","version":1}';
const message = (over: object = {}) =>
  JSON.stringify({ message: { role: "user", content: "x", createdAt: "2026-01-01T00:00:00.000Z", ...over } });
const turn = (over: object = {}) =>
  JSON.stringify({
    turn: {
      id: "t1",
      question: "q",
      answer: "a",
      status: "complete",
      model: "m",
      finishReason: "stop",
      usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 },
      memory: { tokens: 0, window: null, recalled: [], recall: "words", omitted: 0 },
      createdAt: "2026-01-01T00:00:00.000Z",
      finishedAt: "2026-01-01T00:00:01.000Z",
      ...over,
    },
  });
const end = (messages: number) => JSON.stringify({ end: { messages } });

describe("an import", () => {
  it("that fails keeps the settings of its session", async () => {
    const session = freshSession();
    const body = JSON.stringify({ instructions: "Be brief." });
    const headers = { "content-type": "application/json" };
    await llamory.fetch(`/sessions/${session}`, { method: "PATCH", headers, body });
    const type = { "content-type": "application/x-ndjson" };
    const broken = await llamory.fetch(`/sessions/${session}/import`, { method: "POST", headers: type, body: "x" });
    expect(broken.status).toBe(400);
    const info = await llamory.fetch(`/sessions/${session}`);
    expect(await info.json()).toMatchObject({ instructions: "Be brief." });
  });

  it.each<[what: string, lines: string[], path: string]>([
    ["nothing", [], "line.1"],
    ["no first line", [message(), end(1)], "line.1"],
    ["no last line", [HEAD, message()], "line.3"],
    ["too few messages", [HEAD, message(), end(2)], "line.3"],
    ["too many messages", [HEAD, turn(), end(1)], "line.3"],
    ["something behind its end", [HEAD, end(0), message()], "line.3"],
    ["another version", [HEAD.replace("1", "2"), end(0)], "line.1.version"],
    ["what is not JSON", [HEAD, "{", end(0)], "line.2"],
    ["another thing", [HEAD, "7", end(0)], "line.2"],
    ["an unknown role", [HEAD, message({ role: "wizard" }), end(1)], "line.2.message.role"],
    ["a name of two lines", [HEAD, message({ name: "a\nb" }), end(1)], "line.2.message.name"],
    ["a running turn", [HEAD, turn({ status: "running" }), end(2)], "line.2.turn.status"],
    ["half a character", [HEAD, turn({ answer: "\ud800" }), end(2)], "line.2.turn.answer"],
    ["a time that is none", [HEAD, message({ createdAt: "now" }), end(1)], "line.2.message.createdAt"],
    ...["a\n\nevent: done\ndata: {}", "a\rb", "a b", "a/b", "ä", "", ".", "..", "a".repeat(129)].map(
      (id): [string, string[], string] => [
        `a turn with the id ${JSON.stringify(id)}`,
        [HEAD, turn({ id }), end(2)],
        "line.2.turn.id",
      ],
    ),
    ["a model of two lines", [HEAD, turn({ model: "a\nb" }), end(2)], "line.2.turn.model"],
    ["two turns with one id", [HEAD, message(), turn(), message(), turn(), end(6)], "line.5.turn.id"],
    ["what is not JSON, behind blank lines", ["", HEAD, " \r", "", "{", end(0)], "line.5"],
    ["no first line, behind blank ones", ["", "", message(), end(1)], "line.3"],
    ["two turns with one id, between blank lines", [HEAD, "", turn(), "", "\t", turn(), end(4)], "line.6.turn.id"],
    ["a line that is too long, behind a blank one", ["", HEAD, "x".repeat(6_000_001)], "line.3"],
  ])("of %s changes nothing, and says where", async (_what, lines, path) => {
    const session = freshSession();
    const response = await imported(session, lines.join("\n"));
    expect(response.status).toBe(400);
    const { code, errors } = await response.json<{ code: string; errors: { path: string }[] }>();
    expect(code).toBe("invalid_request");
    expect(errors[0]?.path).toBe(path);
    expect(await tablesOf(session)).toEqual([]);
  });

  it("has no line in its stream that it did not write, whatever an import may call a turn", async () => {
    const session = freshSession();
    const id = "._:@+-Az09".padEnd(128, "_");
    const said = { id, model: "m: {}", question: "id: 1", answer: "a\n\nevent: done\rdata: {}\n\n" };
    expect((await imported(session, [HEAD, turn(said), end(2)].join("\n"))).status).toBe(201);
    const path = `/sessions/${session}/turns/${encodeURIComponent(id)}/stream`;
    const lines = (await (await llamory.fetch(path)).text()).split(/\r\n|\r|\n/);
    expect(lines.filter(Boolean).map((line) => line.slice(0, 14))).toEqual(
      ["start", "delta", "done"].flatMap((event) => [
        `id: ${id}`.slice(0, 14),
        `event: ${event}`,
        expect.stringMatching("^data: "),
      ]),
    );
    const after = { headers: { "last-event-id": `${id}:${said.answer.length}` } };
    expect(await (await llamory.fetch(path, after)).text()).toMatch(/^id: .*:done\nevent: done\n/);
  });

  it("of bytes that are no text, or of another type, is refused", async () => {
    const session = freshSession();
    expect((await imported(session, new Uint8Array([0xff, 0xfe, 0x0a]))).status).toBe(400);
    expect((await imported(session, HEAD, "text/plain")).status).toBe(415);
    expect(await tablesOf(session)).toEqual([]);
  });

  it("goes into an empty session alone, also where that is used meanwhile", async () => {
    const session = freshSession();
    const lines = `${[HEAD, message(), end(1)].join("\n")}\n`;
    await llamory.ask(session, "I was here.");
    expect(await (await imported(session, lines)).json()).toMatchObject({ code: "session_not_empty" });
    const late = freshSession();
    const { readable, writable } = new IdentityTransformStream();
    const importing = imported(late, readable);
    const writer = writable.getWriter();
    const encode = (text: string) => new TextEncoder().encode(text);
    await writer.write(encode(`${[HEAD, ...Array.from({ length: 600 }, () => message())].join("\n")}\n`));
    await llamory.ask(late, "I came before it was done.");
    await writer.write(encode(`${end(600)}\n`));
    await writer.close();
    expect((await importing).status).toBe(409);
    expect(await llamory.transcript(late)).toHaveLength(2);
    expect(await tablesOf(late)).toEqual([
      ...["due", "messages", "messages_fts", "meta", "signs", "stale_vectors", "turns", "turns_by_key", "vectors"],
    ]);
  });

  it("may come again after a reset, and again", async () => {
    const session = freshSession();
    const lines = `${[HEAD, message({ content: "honey" }), turn(), end(3)].join("\n")}\n`;
    for (let time = 0; time < 3; time += 1) {
      expect((await imported(session, lines)).status).toBe(201);
      expect(await exported(session)).toBe(lines);
      const found = await llamory.post(`/sessions/${session}/search`, { q: "honey" });
      expect((await found.json<{ data: { content: string }[] }>()).data[0]?.content).toBe("honey");
      expect((await llamory.ask(session, "And on?", { "idempotency-key": "k" })).status).toBe(200);
      await evictDurableObject(env.CHAT_DO.getByName(session));
      await llamory.post("/reset", { sessionId: session });
    }
  });

  it("ends with a reset, and leaves nothing; what is left of a lost one goes when the object wakes", async () => {
    const stub = (session: string) => env.CHAT_DO.getByName(session);
    const session = freshSession();
    const begun = await stub(session).beginImport();
    if (!begun.ok) throw new Error("not begun");
    const limits = { messages: 10, bytes: 1e9 };
    await stub(session).addToImport(begun.value, [{ message: { role: "user", content: "x", createdAt: 1 } }], limits);
    await stub(session).reset();
    for (const late of [
      await stub(session).addToImport(begun.value, [], limits),
      await stub(session).finishImport(begun.value, askRequest("", "")),
    ]) {
      expect(late).toMatchObject({ failure: { reason: "import_interrupted" } });
    }
    expect(await tablesOf(session)).toEqual([]);
    await stub(session).beginImport();
    expect((await tablesOf(session)).length).toBeGreaterThan(0);
    await evictDurableObject(stub(session));
    expect(await tablesOf(session)).toEqual([]);
  });

  it("is hidden from every read until it is finished, and deleted when its client sends no more of it", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    const begun = await stub.beginImport();
    if (!begun.ok) throw new Error("not begun");
    const { turn: ended } = JSON.parse(turn({ question: "Where is honey?", createdAt: 1, finishedAt: 2 }));
    await stub.addToImport(begun.value, [{ turn: ended }], { messages: 10, bytes: 1e9 });
    expect(await llamory.transcript(session)).toEqual([]);
    const path = `/sessions/${session}`;
    const info = await (await llamory.fetch(path)).json();
    expect(info).toMatchObject({ messages: 0, tokens: 0, title: null, firstAt: null });
    expect(await (await llamory.post(`${path}/search`, { q: "honey" })).json()).toEqual({ data: [] });
    expect(await (await llamory.fetch(`${path}/messages?seq=1`)).json()).toMatchObject({ data: [] });
    for (const route of ["", "/stream"])
      expect((await llamory.fetch(`${path}/turns/${ended.id}${route}`)).status).toBe(404);
    expect(await exported(session)).not.toContain("honey");
    const context = await (await llamory.post(`${path}/context`, { question: "Where is honey?" })).json();
    expect(context).toMatchObject({ memory: { window: null, recalled: [] } });
    expect((await tablesOf(session)).length).toBeGreaterThan(0);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 600_000 });
    try {
      expect(await runDurableObjectAlarm(stub)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
    expect(await tablesOf(session)).toEqual([]);
    const late = await stub.finishImport(begun.value, askRequest("", ""));
    expect(late).toMatchObject({ failure: { reason: "import_interrupted" } });
  });

  it("keeps the title of a session that it was to fill", async () => {
    const session = freshSession();
    await llamory.fetch(`/sessions/${session}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ title: "Bees" }),
    });
    expect((await imported(session, HEAD)).status).toBe(400);
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({ title: "Bees" });
  });

  it("has no more messages than a session may have", async () => {
    const small = worker({ SESSION_MAX_MESSAGES: "3" });
    const body = [HEAD, message(), message(), turn(), end(4)].join("\n");
    const headers = { "content-type": "application/x-ndjson" };
    const response = await small.fetch(`/sessions/${freshSession()}/import`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ code: "session_full" });
  });

  it("has no more bytes than a session may have", async () => {
    const small = worker({ SESSION_MAX_MB: "1" });
    const long = Array.from({ length: 60 }, () => message({ content: "lorem ipsum ".repeat(2_600) }));
    const body = [HEAD, ...long, end(60)].join("\n");
    const headers = { "content-type": "application/x-ndjson" };
    const response = await small.fetch(`/sessions/${freshSession()}/import`, { method: "POST", headers, body });
    expect(await response.json()).toMatchObject({ code: "session_full" });
  });
});
