import { describe, expect, it } from "vitest";
import { scripted } from "../support/scripted-model";
import { down, replaced } from "../support/users";
import { freshSession, worker } from "../support/worker";

interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?: { path: string; message: string }[];
}

const json = { "content-type": "application/json" };
const session = freshSession();
const post = (body: string | undefined, headers: Record<string, string> = json): RequestInit => ({
  method: "POST",
  headers,
  ...(body !== undefined && { body }),
});
const ask = (fields: object) => post(JSON.stringify({ sessionId: session, question: "Hi", ...fields }));
const append = (message: object) => post(JSON.stringify({ messages: [{ role: "user", content: "Hi" }, message] }));
const messages = `/sessions/${session}/messages`;

const cases: [what: string, path: string, init: RequestInit, status: number, code: string, field?: string][] = [
  ["no body", "/ask", post(undefined), 400, "malformed_json"],
  ["no body and no type", "/ask", post(undefined, {}), 400, "invalid_request", "question"],
  ["malformed JSON", "/ask", post('{"sessionId":'), 400, "malformed_json"],
  ["JSON that is no object", "/ask", post("[]"), 400, "invalid_request", ""],
  ["a wrong content type", "/ask", post("{}", { "content-type": "text/plain" }), 415, "unsupported_media_type"],
  [
    "a wrong content type of a title",
    "/sessions/a",
    { ...post('{"title":"Bees"}', { "content-type": "text/plain" }), method: "PATCH" },
    415,
    "unsupported_media_type",
  ],
  ["a missing question", "/ask", ask({ question: undefined }), 400, "invalid_request", "question"],
  ["an empty question", "/ask", ask({ question: "" }), 400, "invalid_request", "question"],
  [
    "a question of 32,001 characters",
    "/ask",
    ask({ question: "a".repeat(400_001) }),
    400,
    "invalid_request",
    "question",
  ],
  ["a question that is no text", "/ask", ask({ question: 7 }), 400, "invalid_request", "question"],
  ["a lone surrogate", "/ask", ask({ question: "a\ud800b" }), 400, "invalid_request", "question"],
  ["a missing session", "/ask", ask({ sessionId: undefined }), 400, "invalid_request", "sessionId"],
  ["a session with a slash", "/ask", ask({ sessionId: "a/b" }), 400, "invalid_request", "sessionId"],
  ["a session of 129 characters", "/ask", ask({ sessionId: "a".repeat(129) }), 400, "invalid_request", "sessionId"],
  ["a reply of no tokens", "/ask", ask({ maxTokens: 0 }), 400, "invalid_request", "maxTokens"],
  ["a reset without session", "/reset", post("{}"), 400, "invalid_request", "sessionId"],
  ["a bad session in the path", "/sessions/a%2Fb", {}, 400, "invalid_request", "sessionId"],
  ["a broken escape in the path", "/sessions/%E0%A4%A", {}, 400, "invalid_request", "sessionId"],
  ["a page of 0", `${messages}?limit=0`, {}, 400, "invalid_request", "limit"],
  ["a page of text", `${messages}?limit=many`, {}, 400, "invalid_request", "limit"],
  ["an unknown role", messages, append({ role: "wizard", content: "Hi" }), 400, "invalid_request", "messages.1.role"],
  [
    "a bad time",
    messages,
    append({ role: "user", content: "Hi", createdAt: "now" }),
    400,
    "invalid_request",
    "messages.1.createdAt",
  ],
  ["no messages", messages, post('{"messages":[]}'), 400, "invalid_request", "messages"],
  ["a body over 8 MiB", messages, post(JSON.stringify({ messages: "a".repeat(9_000_000) })), 413, "body_too_large"],
  ["a body over 4 MiB", "/ask", post(JSON.stringify({ question: "a".repeat(4_200_000) })), 413, "body_too_large"],
  ["a wrong method", "/ask", {}, 405, "method_not_allowed"],
  ["a wrong method on a session", `/sessions/${session}`, post("{}"), 405, "method_not_allowed"],
  ["an unknown route", "/nowhere", {}, 404, "not_found"],
];

describe("bad input", () => {
  it.each(cases)("%s is a problem", async (_what, path, init, status, code, field) => {
    const model = await scripted(session, { response: "never" });
    const response = await worker().fetch(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = await response.json<Problem>();
    expect(problem).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
    expect(problem.requestId).toBe(response.headers.get("x-request-id"));
    if (field !== undefined) expect(problem.errors?.map(({ path }) => path)).toContain(field);
    expect(await model.runs()).toEqual([]);
    expect(await worker().transcript(session)).toEqual([]);
  });

  it("names the methods of a route in Allow", async () => {
    expect((await worker().fetch("/ask")).headers.get("allow")).toBe("POST");
    expect((await worker().fetch(`/sessions/${session}`, { method: "PUT" })).headers.get("allow")).toBe(
      "GET, PATCH, DELETE",
    );
  });

  it("refuses unknown fields by name", async () => {
    const fresh = freshSession();
    const said = { role: "user", content: "x" };
    const message = { ...said, flavour: "honey" };
    const place = { sessionId: fresh, seq: 1 };
    for (const [path, body, at] of [
      ["/ask", { sessionId: fresh, question: "Hi", flavour: "honey" }, "flavour"],
      ["/reset", { sessionId: fresh, flavour: "honey" }, "flavour"],
      [`/sessions/${fresh}/messages`, { messages: [message] }, "messages.0.flavour"],
      [`/sessions/${fresh}/search`, { q: "x", flavour: "honey" }, "flavour"],
      [`/sessions/${fresh}/context`, { question: "x", flavour: "honey" }, "flavour"],
      [`/sessions/${fresh}/messages`, { messages: [said], partial: true, learn: true, flavour: "honey" }, "flavour"],
      [`/sessions/${fresh}/fork`, { before: 1, flavour: "honey" }, "flavour"],
      ["/users/u/search", { q: "x", flavour: "honey" }, "flavour"],
      ["/users/u/search", { q: "x", explain: [1] }, "explain"],
      ["/users/u/facts", { text: "x", pinned: true, since: "2026-01-01", flavour: "honey" }, "flavour"],
      ["/users/u/facts", { text: "x", source: { ...place, flavour: "honey" } }, "source.flavour"],
      ["/users/u/facts/f/revert", { version: 1, flavour: "honey" }, "flavour"],
      ["/tokens", { sessionIds: [fresh], flavour: "honey" }, "flavour"],
    ] as const) {
      const refused = await worker().post(path, body);
      expect(refused.status, path).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ path: at, message: "is an unknown field" }] });
    }
    for (const [path, body] of [
      [`/sessions/${fresh}`, { title: "x", flavour: "honey" }],
      ["/users/u/facts/f", { pinned: true, flavour: "honey" }],
    ] as const) {
      const refused = await worker().patch(path, body);
      expect(refused.status, path).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ path: "flavour", message: "is an unknown field" }] });
    }
    const partly = await worker().post(`/sessions/${fresh}/messages`, { partial: true, messages: [message] });
    expect(await partly.json()).toMatchObject({ refused: [{ index: 0, message: "flavour: is an unknown field" }] });
    expect(await worker().transcript(fresh)).toEqual([]);
  });

  it("takes 400,000 characters of any script, as far as they fit the model", async () => {
    const long = freshSession();
    const model = await scripted(long, { response: "ok" }, { response: "Paris." });
    const question = "The bees are fine today. ".repeat(16_000);
    const large = worker({ MODEL: "@cf/meta/llama-4-scout-17b-16e-instruct" });
    expect((await large.ask(long, question)).status).toBe(200);
    expect((await model.runs())[0]?.inputs.messages.at(-1)?.content).toBe(question);
    expect((await large.ask(long, "And?")).status).toBe(200);
    for (const text of ["記".repeat(400_000), "é".repeat(400_000)]) {
      const refused = await large.ask(freshSession(), text);
      expect(refused.status).toBe(413);
      expect(await refused.json()).toMatchObject({ code: "prompt_too_long" });
    }
    const [field] = (await (await large.ask(long, `${question}.`)).json<{ errors: { path: string }[] }>()).errors;
    expect(field?.path).toBe("question");
  });

  it("refuses a question that does not fit before it reads the memory", async () => {
    const session = freshSession();
    const read = replaced("memory", down);
    const refused = await worker().post("/ask", { sessionId: session, userId: "u", question: "記".repeat(400_000) });
    expect(refused.status).toBe(413);
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect(await worker().transcript(session)).toEqual([]);
  });
});
