import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Env } from "../../src/env";
import { NEVER, scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const DEFAULT = "@cf/meta/llama-3.1-8b-instruct-fast";
const FALLBACK = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
const models = { MODEL: DEFAULT, FALLBACK_MODEL: FALLBACK };

/** The model's behaviour, the client's answer, and the number of calls that the model received. */
const cases: [what: string, reply: unknown, status: number, code: string, calls: string[]][] = [
  ...[3040, 3007, 3046, 1031, 502].map((code): (typeof cases)[number] => [
    `error ${code}, busy`,
    new Error(`${code}: Capacity temporarily exceeded`),
    503,
    "model_busy",
    [DEFAULT, DEFAULT, DEFAULT, FALLBACK, FALLBACK, FALLBACK],
  ]),
  [
    "an error without a code",
    new Error("Network connection lost."),
    503,
    "model_busy",
    Array(3).fill(DEFAULT).concat(Array(3).fill(FALLBACK)),
  ],
  ...[5028, 5007, 3042, 5035].map((code): (typeof cases)[number] => [
    `error ${code}, retired`,
    new Error(`AiError: ${code}: This model was deprecated`),
    502,
    "model_unavailable",
    [DEFAULT, FALLBACK],
  ]),
  ...[3036, 4006].map((code): (typeof cases)[number] => [
    `error ${code}, allowance`,
    new Error(`${code}: you have used up your daily free allocation`),
    429,
    "model_allowance_spent",
    [DEFAULT],
  ]),
  [
    "error 5021, too long",
    new Error("5021: The estimated tokens exceeded"),
    413,
    "prompt_too_long",
    [DEFAULT, DEFAULT],
  ],
  [
    "error 3010, too long",
    new Error("3010: The estimated number of input and output tokens (9) exceeded this model context window limit"),
    413,
    "prompt_too_long",
    [DEFAULT, DEFAULT],
  ],
  ["error 3010, otherwise", new Error("3010: Invalid input"), 500, "model_request_refused", [DEFAULT]],
  ...[5016, 5018, 3023, 3041].map((code): (typeof cases)[number] => [
    `error ${code}, account`,
    new Error(`${code}: agree to the terms`),
    502,
    "model_account",
    [DEFAULT],
  ]),
  ...[3003, 5004, 3006, 8001].map((code): (typeof cases)[number] => [
    `error ${code}, our request`,
    new Error(`${code}: Bad input`),
    500,
    "model_request_refused",
    [DEFAULT],
  ]),
  ["an empty answer", { response: "" }, 502, "model_reply_empty", [DEFAULT]],
  ["response: null", { response: null }, 502, "model_reply_empty", [DEFAULT]],
  ["an answer of another form", { hello: "world" }, 502, "model_reply_malformed", [DEFAULT]],
  ["no object", "hello", 502, "model_reply_malformed", [DEFAULT]],
  ["an error as an answer", { response: "", errors: [{ message: "boom" }] }, 502, "model_reply_malformed", [DEFAULT]],
];

describe("a model that fails", () => {
  it.each(cases)("with %s: told, and nothing remembered", async (_what, reply, status, code, calls) => {
    const session = freshSession();
    await worker().ask(session, "I was here before.");
    const before = await worker().transcript(session);
    const model = await scripted(session, reply);
    const response = await worker(models).ask(session, "Hello?");
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, status });
    expect((await model.runs()).map(({ model }) => model)).toEqual(calls);
    expect(await worker().transcript(session)).toEqual(before);
  });

  it("by never answering: 504, and the session goes on", async () => {
    const session = freshSession();
    await scripted(session, NEVER, { response: "Here." });
    const response = await worker({ MODEL_TIMEOUT_MS: "20" }).ask(session, "Hello?");
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "model_timeout" });
    expect(await worker().transcript(session)).toEqual([]);
    expect((await worker().ask(session, "Hello again.")).status).toBe(200);
  });

  it("says when the allowance starts anew", async () => {
    const session = freshSession();
    await scripted(session, new Error("4006: spent"));
    const response = await worker(models).ask(session, "Hello?");
    const seconds = Number(response.headers.get("retry-after"));
    const start = new Date(Date.now() + seconds * 1000);
    expect(Math.abs(start.getTime() - Math.round(start.getTime() / 86_400_000) * 86_400_000)).toBeLessThan(60_000);
  });
});

describe("a session's object that fails", () => {
  /** Returns the namespace. Its first calls fail with an error that the platform marks. */
  function failing(mark: string, times: number): Env["CHAT_DO"] {
    let left = times;
    return new Proxy(env.CHAT_DO, {
      get: (namespace, property) => {
        if (property !== "getByName") return Reflect.get(namespace, property);
        return (name: string) => {
          if (left === 0) return namespace.getByName(name);
          left -= 1;
          const broken = () => Promise.reject(Object.assign(new Error("broken"), { [mark]: true }));
          return { ask: broken, append: broken };
        };
      },
    });
  }

  it("is asked again, of a fresh stub, where that helps", async () => {
    expect((await worker({ CHAT_DO: failing("retryable", 1) }).ask(freshSession(), "Hello?")).status).toBe(200);
  });

  it("is told to be lost where it is again, or where twice is too often", async () => {
    const lost = worker({ CHAT_DO: failing("retryable", 2) });
    const messages = [{ role: "user", content: "x" }];
    for (const response of [
      await lost.ask(freshSession(), "Hello?"),
      await worker({ CHAT_DO: failing("retryable", 1) }).post("/sessions/s/messages", { messages }),
    ]) {
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "session_lost" });
    }
  });

  it("is left in peace where it is overloaded", async () => {
    const response = await worker({ CHAT_DO: failing("overloaded", 1) }).ask(freshSession(), "Hello?");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "session_overloaded" });
  });
});

describe("a model that fails at first", () => {
  const cases: [what: string, error: string, model: string][] = [
    ["is asked again when it is busy", "3040: Capacity temporarily exceeded", DEFAULT],
    ["is replaced by the fallback when it is retired", "5028: This model was deprecated on 2026-05-30", FALLBACK],
  ];
  it.each(cases)("%s", async (_what, error, model) => {
    const session = freshSession();
    await scripted(session, new Error(error), { response: "Here I am." });
    const response = await worker(models).ask(session, "Hello?");
    expect(await response.json()).toMatchObject({ answer: "Here I am.", model });
    expect(await worker().transcript(session)).toEqual(["user: Hello?", "assistant: Here I am."]);
  });

  it("gets a shorter prompt when it finds the prompt too long", async () => {
    const session = freshSession();
    for (let turn = 0; turn < 6; turn += 1) await worker().ask(session, `I say ${"much ".repeat(50)}`);
    const model = await scripted(session, new Error("5021: estimated tokens exceeded"), { response: "ok" });
    expect((await worker(models).ask(session, "Hello?")).status).toBe(200);
    const [first, second] = (await model.runs()).map(({ inputs }) => inputs.messages);
    expect(second?.length).toBeLessThan(first?.length ?? 0);
    expect(second?.[0]).toEqual(first?.[0]);
    expect(second?.at(-1)).toEqual(first?.at(-1));
  });
});
