import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIso } from "../../src/turn/any-time";
import { freshSession, worker } from "../support/worker";

const llamory = worker();
const append = (session: string, body: object, headers?: Record<string, string>) =>
  llamory.post(`/sessions/${session}/messages`, body, headers);
const said = (content: unknown, more: object = {}) => ({ role: "user", content, ...more });

interface Stored {
  role: string;
  name?: string;
  content: string;
  createdAt: string;
}

/** Returns the messages of a session, oldest first. */
async function storedIn(session: string): Promise<Stored[]> {
  const response = await llamory.fetch(`/sessions/${session}/messages?limit=1000`);
  return (await response.json<{ data: Stored[] }>()).data.reverse();
}

/** Appends one message, and returns the stored form. */
async function stored(message: object): Promise<Stored | undefined> {
  const session = freshSession();
  expect((await append(session, { messages: [message] })).status).toBe(201);
  return (await storedIn(session))[0];
}

describe("an appended message", () => {
  it.each([
    ["2024-05-01T10:00:00Z", "2024-05-01T10:00:00.000Z"],
    ["2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00.000Z"],
    ["2024-05-01T10:00:00-0330", "2024-05-01T13:30:00.000Z"],
    ["2024-05-01T10:00:00+09", "2024-05-01T01:00:00.000Z"],
    ["2024-05-01T10:00:00", "2024-05-01T10:00:00.000Z"],
    ["2024-05-01 10:00:00.123456+00:00", "2024-05-01T10:00:00.123Z"],
    ["2024-05-01 10:00", "2024-05-01T10:00:00.000Z"],
    ["2024-05-01", "2024-05-01T00:00:00.000Z"],
    [1_714_557_600, "2024-05-01T10:00:00.000Z"],
    [1_714_557_600.123, "2024-05-01T10:00:00.123Z"],
    [1_714_557_600_123, "2024-05-01T10:00:00.123Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    [-86_400, "1969-12-31T00:00:00.000Z"],
  ])("may have the time %j", async (createdAt, expected) => {
    expect((await stored(said("Hi", { createdAt })))?.createdAt).toBe(expected);
  });

  it.each([
    ["human", "user"],
    ["ai", "assistant"],
    ["developer", "system"],
    ["tool", "system"],
    ["user", "user"],
    ["assistant", "assistant"],
    ["system", "system"],
  ])("of the role %s is stored as %s", async (role, expected) => {
    expect((await stored({ role, content: "Hi" }))?.role).toBe(expected);
  });

  it("may have the name null, which is none", async () => {
    expect(await stored(said("Hi", { name: null }))).not.toHaveProperty("name");
  });

  it("may be a list of parts: text is joined by line breaks, other parts leave their type", async () => {
    const parts = [
      { type: "text", text: "Look" },
      "at this",
      { type: "image_url", image_url: { url: "https://example.com" } },
      { type: "text", text: "" },
      null,
      7,
    ];
    expect((await stored(said(parts)))?.content).toBe("Look\nat this\n[image_url]");
  });

  it("may have 400,000 characters of any script", async () => {
    const content = "記".repeat(400_000);
    expect((await stored(said(content)))?.content).toBe(content);
  });

  it.each([
    ["role", { role: "narrator", content: "Hi" }],
    ["content", said("")],
    ["content", said(null)],
    ["content", said([])],
    ["content", said([null, {}])],
    ["content", said("x".repeat(400_001))],
    ["content", said(Array.from({ length: 1_001 }, () => "x"))],
    ["content", said("\ud800")],
    ["name", said("Hi", { name: "two\nlines" })],
    ["name", said("Hi", { name: 7 })],
    ["createdAt", said("Hi", { createdAt: "yesterday" })],
    ["createdAt", said("Hi", { createdAt: "2024-02-30T10:00:00Z" })],
    ["createdAt", said("Hi", { createdAt: "2024-05-01T24:30:00Z" })],
    ["createdAt", said("Hi", { createdAt: "2024-05-01T10:00:00+25:00" })],
    ["createdAt", said("Hi", { createdAt: "" })],
    ["createdAt", said("Hi", { createdAt: 1e300 })],
    ["createdAt", said("Hi", { createdAt: -1e300 })],
    ["createdAt", said("Hi", { createdAt: "2099-01-01" })],
    ["createdAt", said("Hi", { createdAt: true })],
  ])("with an invalid %s is refused by name, and nothing is stored", async (field, message) => {
    const session = freshSession();
    const response = await append(session, { messages: [said("Hi"), message] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: `messages.1.${field}` }] });
    expect(await storedIn(session)).toEqual([]);
  });
});

describe("a partial append", () => {
  it("stores the valid messages, and lists the others by index", async () => {
    const session = freshSession();
    const messages = [said("one"), said(""), said("two"), { role: "narrator", content: 7 }, 9, said("three")];
    const response = await append(session, { partial: true, messages });
    expect(response.status).toBe(201);
    const body = await response.json<{ refused: { index: number; message: string }[] }>();
    expect(body).toMatchObject({ appended: 3, firstSeq: 1, lastSeq: 3 });
    expect(body.refused.map(({ index }) => index)).toEqual([1, 3, 4]);
    expect(body.refused[0]?.message).toMatch(/^content: must be text/);
    expect((await storedIn(session)).map(({ content }) => content)).toEqual(["one", "two", "three"]);
  });

  it("of valid messages lists none, and without `partial` there is no list", async () => {
    const whole = await append(freshSession(), { partial: true, messages: [said("one")] });
    expect(await whole.json()).toMatchObject({ appended: 1, refused: [] });
    const strict = await append(freshSession(), { messages: [said("one")] });
    expect(await strict.json()).not.toHaveProperty("refused");
  });

  it("of invalid messages alone stores nothing", async () => {
    const session = freshSession();
    const response = await append(session, { partial: true, messages: [said("")] });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      appended: 0,
      firstSeq: null,
      lastSeq: null,
      refused: [{ index: 0 }],
    });
    expect(await storedIn(session)).toEqual([]);
  });

  it.each([
    ["userId", { userId: "a/b", messages: [said("")] }],
    ["messages", { messages: [] }],
    ["messages", { messages: Array.from({ length: 1_001 }, () => said("")) }],
    ["messages", { messages: "Hi" }],
    ["messages", {}],
  ])("with an invalid %s is refused whole", async (path, body) => {
    const response = await append(freshSession(), { partial: true, ...body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });
});

describe("an append with an Idempotency-Key", () => {
  const keyed = (session: string, key: string, body: object) => append(session, body, { "idempotency-key": key });

  it("is stored once, and its repetition returns the same result", async () => {
    const session = freshSession();
    const body = { partial: true, messages: [said("one"), said(""), said("two")] };
    const first = await (await keyed(session, "k", body)).json();
    await append(session, { messages: [said("three")] });
    const again = await keyed(session, "k", body);
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(first);
    expect((await storedIn(session)).map(({ content }) => content)).toEqual(["one", "two", "three"]);
  });

  it("is stored once if it is sent twice at the same time", async () => {
    const session = freshSession();
    const body = { messages: [said("one")] };
    await Promise.all([keyed(session, "k", body), keyed(session, "k", body)]);
    expect(await storedIn(session)).toHaveLength(1);
  });

  it("refuses the key for other messages and for another user", async () => {
    const session = freshSession();
    await keyed(session, "k", { messages: [said("one")] });
    const other = await keyed(session, "k", { messages: [said("two")] });
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: "idempotency_conflict" });
    expect(await storedIn(session)).toHaveLength(1);
  });

  it("forgets the key with the session", async () => {
    const session = freshSession();
    const body = { messages: [said("one")] };
    await keyed(session, "k", body);
    await llamory.post("/reset", { sessionId: session });
    expect(await storedIn(session)).toEqual([]);
    expect((await keyed(session, "k", body)).status).toBe(201);
    expect(await storedIn(session)).toHaveLength(1);
  });

  it("refuses an invalid key", async () => {
    const response = await keyed(freshSession(), "two words", { messages: [said("one")] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: "idempotency-key" }] });
  });
});

describe("parseIso", () => {
  it("reads every time that the language writes, with any offset", () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date("0001-01-02"), max: new Date("9998-12-30") }),
        fc.integer({ min: -840, max: 840 }),
        fc.constantFrom("T", " "),
        fc.constantFrom(":", ""),
        (date, offset, gap, colon) => {
          const [day, time] = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1).split("T");
          const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
          const text = `${day}${gap}${time}${offset < 0 ? "-" : "+"}${two(offset / 60)}${colon}${two(offset % 60)}`;
          expect(parseIso(text)).toEqual({ ms: date.getTime(), local: false });
          expect(parseIso(date.toISOString().slice(0, -1))).toEqual({ ms: date.getTime(), local: true });
        },
      ),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseIso(text)));
    for (const text of ["0000-00-00", "9999-99-99T99:99:99Z", "2024-01-01T00:00:00+99:99"])
      expect(parseIso(text)).toBeUndefined();
  });
});
