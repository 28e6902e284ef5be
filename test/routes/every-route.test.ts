import { sign } from "hono/jwt";
import { describe, expect, it } from "vitest";
import { operations } from "../../scripts/openapi/operations";
import { openaiId } from "../../src/wire/response-objects";
import { scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { freshSession, worker } from "../support/worker";

const SECRET = "xylophone";
const SESSION_KEY = "k".repeat(32);
const [MINE, OTHER] = await Promise.all(["my own token", "another tenant's"].map(digestOf));
const llamory = worker({ AUTH: "tokens", API_TOKENS: `${MINE},acme:${OTHER}`, SESSION_KEY, DEBUG: "true" });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const sessionToken = (over: object) =>
  sign(
    { digest: MINE, sessions: ["foreign"], exp: Math.floor(Date.now() / 1_000) + 600, ...over },
    SESSION_KEY,
    "HS256",
  );

interface Place {
  /** The id of the session, and of its user. */
  session: string;
  turn: string;
  fact: string;
}

/** Creates a session with a turn and a user with a fact, for the default tenant. */
async function existing(): Promise<Place> {
  const session = freshSession();
  await scripted(session, { response: `The ${SECRET}, you said.` });
  const asked = { sessionId: session, userId: session, question: `My secret is the ${SECRET}.` };
  const response = await llamory.post("/ask", asked, bearer("my own token"));
  const fact = await llamory.post(`/users/${session}/facts`, { text: `Has a ${SECRET}.` }, bearer("my own token"));
  const [turn, known] = [await response.json<{ turnId: string }>(), await fact.json<{ id: string }>()];
  return { session, turn: turn.turnId, fact: known.id };
}
let shared: Promise<Place> | undefined;
/** Returns the place of all requests that must not change it. */
const untouched = () => {
  shared ??= existing();
  return shared;
};

/** Returns the numbers of the session's messages and of the user's facts. */
async function leftOf({ session }: Place): Promise<[messages: number, facts: number]> {
  const own = bearer("my own token");
  const [info, facts] = await Promise.all(
    [`/sessions/${session}`, `/users/${session}/facts`].map((path) => llamory.fetch(path, { headers: own })),
  );
  const { messages } = (await info?.json<{ messages: number }>()) ?? { messages: Number.NaN };
  const { data } = (await facts?.json<{ data: unknown[] }>()) ?? { data: [] };
  return [messages, data.length];
}
const unknown = (): Place => ({ session: freshSession(), turn: crypto.randomUUID(), fact: crypto.randomUUID() });

const LINES = '{"llamory":"session","version":1}\n{"end":{"messages":0}}\n';
const USER_LINES = '{"llamory":"user","version":1}\n{"end":{"sessions":0,"facts":0,"nextCursor":null}}\n';

/** Returns a valid request of a route about a session. */
function request(route: string, { session, turn, fact }: Place): [path: string, init: RequestInit] {
  const [method = "", template = ""] = route.split(" ");
  const operation = operations[route];
  const path = template
    .replace(":sessionId", session)
    .replace(":turnId", turn)
    .replace(":seq", "1")
    .replace(":userId", session)
    .replace(":factId", fact)
    .replace(":conversationId", session)
    .replace(":itemId", encodeURIComponent(openaiId("msg", session, "~1")))
    .replace(":responseId", encodeURIComponent(openaiId("resp", session, turn)))
    .replace(":model{.+}", "llamory-offline")
    .concat(template.endsWith("/search") && method === "GET" ? `?q=${SECRET}` : "");
  const example = JSON.stringify(operation?.example)?.replace('"sessionId":"a"', `"sessionId":"${session}"`);
  const lines = template.startsWith("/users") ? USER_LINES : LINES;
  const body = operation?.bodyLines ? lines : example;
  const type = operation?.bodyLines ? "application/x-ndjson" : "application/json";
  return [path, { method, headers: body ? { "content-type": type } : {}, ...(body && { body }) }];
}

async function send(route: string, place: Place, headers: Record<string, string>) {
  const [path, init] = request(route, place);
  const own = { "x-session-id": place.session, "x-request-id": "r" };
  const response = await llamory.fetch(path, { ...init, headers: { ...init.headers, ...own, ...headers } });
  return { status: response.status, body: new TextDecoder().decode(await response.arrayBuffer()) };
}

/** The routes that session tokens may call in their sessions. */
const OF_SESSIONS = [
  "POST /ask",
  "GET /sessions/:sessionId",
  "GET /sessions/:sessionId/messages",
  "GET /sessions/:sessionId/search",
  "POST /sessions/:sessionId/search",
  "GET /sessions/:sessionId/turns/:turnId",
  "GET /sessions/:sessionId/turns/:turnId/stream",
  "POST /sessions/:sessionId/turns/:turnId/cancel",
];
/** The routes that only tokens of the user may call besides. */
const OF_USERS = [
  "DELETE /sessions/:sessionId/turns/:turnId",
  "POST /sessions/:sessionId/fork",
  "GET /users/:userId/sessions",
  "GET /users/:userId/search",
  "POST /users/:userId/search",
  "GET /users/:userId/facts",
  "POST /users/:userId/facts",
  "PATCH /users/:userId/facts/:factId",
  "DELETE /users/:userId/facts/:factId",
  "GET /users/:userId/facts/:factId/history",
  "POST /users/:userId/facts/:factId/revert",
];

const closed = Object.keys(operations).filter((route) => operations[route]?.tokens !== "none");

describe.each(closed)("%s", (route) => {
  it.each<[who: string, status: number, headers: () => Promise<Record<string, string>>]>([
    ["who has no token", 401, async () => ({})],
    ["who has a wrong one", 401, async () => bearer("a wrong token")],
    ["who has one that was revoked", 401, async () => bearer("a token of last year")],
    ["who has the digest of one", 401, async () => bearer(MINE ?? "")],
    ["whose session token has expired", 401, async () => bearer(await sessionToken({ exp: 1_000 }))],
    [
      "whose session token's maker was revoked",
      401,
      async () => bearer(await sessionToken({ digest: "0".repeat(64) })),
    ],
    ["whose session token names another session", 403, async () => bearer(await sessionToken({}))],
  ])("refuses %s alike whether the session exists or not, and changes nothing", async (_who, status, headers) => {
    const place = await untouched();
    const refused = await send(route, place, await headers());
    expect(refused.status).toBe(status);
    expect(await send(route, unknown(), await headers())).toEqual(refused);
    expect(await leftOf(place)).toEqual([2, 1]);
  });

  it("shows another tenant what it shows of a session that never was, and changes nothing", async () => {
    // Of its own, because the other tenant's requests make a session of the same name.
    const place = await existing();
    const here = await send(route, place, bearer("another tenant's"));
    const there = await send(route, unknown(), bearer("another tenant's"));
    expect(here.status).toBe(there.status);
    // Ids and times differ from request to request.
    const same = (text: string) =>
      text.replace(/(?:resp|msg)_[\w.+/=-]+|eyJ[\w.-]+|[\w-]{36,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\d{10,}/g, "…");
    expect(same(here.body)).toBe(same(there.body));
    expect(here.body).not.toContain(SECRET);
    expect(await leftOf(place)).toEqual([2, 1]);
  });

  it.each([
    ["its session", OF_SESSIONS, ({ session }: Place) => ({ sessions: [session] })],
    ["its user", [...OF_SESSIONS, ...OF_USERS], ({ session }: Place) => ({ sessions: undefined, userId: session })],
  ])("answers a session token that names %s, or refuses it and changes nothing", async (_what, open, claims) => {
    const isOpen = open.includes(route);
    const place = await (isOpen ? existing() : untouched());
    const { status, body } = await send(route, place, bearer(await sessionToken(claims(place))));
    if (isOpen) return expect(status, body).toBeLessThan(300);
    expect(status, "OF_SESSIONS or OF_USERS must list a route that session tokens may call").toBe(403);
    expect(body).toContain('"forbidden"');
    expect(await leftOf(place)).toEqual([2, 1]);
  });

  it("shows a token of another user nothing of a session or user, and changes nothing", async () => {
    const place = await untouched();
    const token = await sessionToken({ sessions: undefined, userId: freshSession() });
    expect((await send(route, place, bearer(token))).body).not.toContain(SECRET);
    expect(await leftOf(place)).toEqual([2, 1]);
  });

  it("answers who holds a token", async () => {
    const { status } = await send(route, await existing(), bearer("my own token"));
    // An import requires an empty session, and the first message belongs to a turn.
    const isRefused = /\/sessions\/:sessionId\/import$|^DELETE .*\/(?:messages\/:seq|items\/:itemId)$/.test(route);
    expect(status).toSatisfy((code: number) => (isRefused ? code === 409 : code < 300));
  });
});

describe("two tenants with one session id", () => {
  it("and 100 interleaved asks share nothing: no history, export, search, turn or key", async () => {
    const session = freshSession();
    const tenants = [
      { headers: bearer("my own token"), word: "marmalade" },
      { headers: bearer("another tenant's"), word: "lighthouse" },
    ];
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, at) => {
        const tenant = tenants[at % 2];
        if (!tenant) throw new Error("no tenant");
        const key = { "idempotency-key": `key-${at >> 1}` };
        // At most 16 questions may wait in a session.
        const ask = () => llamory.ask(session, `My word ${at >> 1} is ${tenant.word}.`, { ...tenant.headers, ...key });
        let response = await ask();
        for (let tries = 0; response.status === 429 && tries < 200; tries += 1) response = await ask();
        expect(response.status).toBe(200);
        expect(response.headers.get("idempotency-replayed")).toBeNull();
        return { at, turnId: (await response.json<{ turnId: string }>()).turnId };
      }),
    );
    const own = await Promise.all(
      tenants.map(async ({ headers }, of) => {
        const read = async (path: string) => (await llamory.fetch(`/sessions/${session}${path}`, { headers })).text();
        const lines = await llamory.fetch(`/sessions/${session}/export`, { headers });
        const [mine, theirs] = [answers.filter(({ at }) => at % 2 === of), answers.filter(({ at }) => at % 2 !== of)];
        for (const { turnId } of mine) {
          expect((await llamory.fetch(`/sessions/${session}/turns/${turnId}`, { headers })).status).toBe(200);
        }
        for (const { turnId } of theirs) {
          for (const path of [`/turns/${turnId}`, `/turns/${turnId}/stream`]) {
            expect((await llamory.fetch(`/sessions/${session}${path}`, { headers })).status).toBe(404);
          }
        }
        return [
          await read("/messages?limit=1000"),
          new TextDecoder().decode(await lines.arrayBuffer()),
          await read("/search?q=marmalade+lighthouse&limit=100"),
        ];
      }),
    );
    for (const [of, texts] of own.entries()) {
      for (const text of texts) {
        expect(text).toContain(tenants[of]?.word);
        expect(text).not.toContain(tenants[1 - of]?.word);
      }
    }
  });
});
