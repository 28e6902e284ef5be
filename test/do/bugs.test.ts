/** Errors that no code expects: each is a 500, logged once with its stack, and harms neither session nor turns. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { Messages } from "../../src/do/memory/messages";
import { TurnRows } from "../../src/do/session/turn-rows";
import { LiveTurn } from "../../src/turn/live-turn";
import { openaiId } from "../../src/wire/response-objects";
import { eventually } from "../support/eventually";
import { PARTS, PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { asks, copyOf, freshUser, owes, ringLater } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

const bug = () => {
  throw new TypeError("x is not a function");
};

let errors: MockInstance<typeof console.error>;

beforeEach(() => {
  errors = vi.spyOn(console, "error");
});
afterEach(() => vi.restoreAllMocks());

/** Returns the logged errors of the bug. */
const logged = () =>
  errors.mock.calls
    .map(([line]) => JSON.parse(String(line)))
    .filter(({ error }) => String(error).includes("is not a function"));

const INTERNAL = { status: 500, code: "internal" };

describe("a bug", () => {
  it("in a turn is a 500 and not a failure of the storage, and the next turn is answered", async () => {
    const session = freshSession();
    vi.spyOn(TurnRows.prototype, "insert").mockImplementationOnce(bug);
    const response = await llamory.ask(session, "As JSON?");
    expect(response.status).toBe(500);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject(INTERNAL);
    expect(logged()).toMatchObject([{ event: "turn_failed", stack: expect.stringContaining("TypeError") }]);
    expect(logged()[0].turnId).toMatch(/\w/);
    expect((await llamory.ask(session, "And now?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("in a stream is its last event, and the next turn is answered", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED, { response: "Yes." });
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    vi.spyOn(TurnRows.prototype, "finish").mockImplementationOnce(bug);
    await model.say("la");
    await model.end();
    expect((await client.rest()).at(-1)).toMatchObject({ event: "error", data: INTERNAL });
    expect(logged()).toMatchObject([{ event: "turn_failed" }]);
    expect((await llamory.ask(session, "Again?")).status).toBe(200);
    const said = await llamory.transcript(session);
    expect(said.filter((line) => line.startsWith("user"))).toEqual(["user: Sing.", "user: Again?"]);
  });

  it("in an append is a 500, and nothing is stored", async () => {
    const session = freshSession();
    vi.spyOn(Messages.prototype, "append").mockImplementationOnce(bug);
    const messages = [{ role: "user", content: "x" }];
    const response = await llamory.post(`/sessions/${session}/messages`, { messages });
    expect(await response.json()).toMatchObject(INTERNAL);
    expect(logged()).toMatchObject([{ event: "internal_error" }]);
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("in a question without a session is the same", async () => {
    vi.spyOn(LiveTurn.prototype, "finish").mockImplementationOnce(bug);
    const messages = [{ role: "user", content: "Hello?" }];
    const response = await llamory.post("/v1/chat/completions", { model: "default", messages });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: "internal", type: "server_error" } });
    expect(logged()).toMatchObject([{ event: "turn_failed", turnId: expect.any(String) }]);
  });
});

describe("a streamed turn whose end could not be written", () => {
  const sql = (session: string, statement: string) =>
    runInDurableObject(env.CHAT_DO.getByName(session), (_, { storage }) => {
      storage.sql.exec(statement);
    });

  /** Asks for a stream whose answer cannot be stored, and frees the storage afterwards. @returns the id of the response */
  async function unended(session: string, user: string): Promise<string> {
    await asks(session, user, "I was here before.");
    await scripted(session, PARTS);
    await sql(
      session,
      `CREATE TRIGGER broken BEFORE INSERT ON messages WHEN new.role = 'assistant'
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    );
    const body = { sessionId: session, userId: user, question: "My secret is mango." };
    const stream = await llamory.post("/ask", body, { accept: "text/event-stream" });
    const events = await new Events(stream).rest();
    expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "storage_failed" } });
    await sql(session, "DROP TRIGGER broken");
    return openaiId("resp", session, events[0]?.id.split(":")[0] ?? "");
  }

  it("can be withdrawn at once, here and in the user's copy", async () => {
    const [session, user] = [freshSession(), freshUser()];
    const id = await unended(session, user);
    const response = await llamory.fetch(`/v1/responses/${id}`, { method: "DELETE" });
    expect(await response.json()).toMatchObject({ id, deleted: true });
    expect(response.status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
    expect((await asks(session, user, "And now?")).status).toBe(200);
    await eventually(async () => expect(await owes(session)).toBe(false));
    expect((await copyOf(user)).join()).not.toContain("mango");
  });

  it("is ended and sent to the user's object by the next alarm", async () => {
    const [session, user] = [freshSession(), freshUser()];
    await unended(session, user);
    await ringLater(session);
    await eventually(async () => expect(await owes(session)).toBe(false));
    expect(await copyOf(user)).toContain("My secret is mango.");
    const read = await llamory.fetch(`/sessions/${session}/messages`);
    const { data } = await read.json<{ data: { status: string }[] }>();
    expect(data.map(({ status }) => status)).toEqual(["interrupted", "interrupted", "complete", "complete"]);
  });
});
