import { describe, expect, it } from "vitest";
import { budgetOf, measure, promptOf } from "../../src/turn/budget";
import { RECALL_OVERHEAD } from "../../src/turn/prompt-blocks";
import { estimateMessage, estimateTokens, PROMPT_OVERHEAD } from "../../src/turn/tokens";
import type { Context, Message } from "../../src/turn/types";

const asked = {
  question: "How are you?",
  systemPrompt: "Be kind.",
  contextTokens: 2_000,
  recallTokens: 500,
  maxTokens: 400,
  timeZone: "UTC",
};
const system = PROMPT_OVERHEAD + estimateMessage({ content: asked.systemPrompt });
/** Tokens of everything except memory and reply. */
const fixed = system + estimateMessage({ content: asked.question });

const message = (seq: number, content: string): Message => ({
  seq,
  role: seq % 2 ? "user" : "assistant",
  content,
  tokens: estimateMessage({ content }),
  createdAt: seq,
  status: "complete",
});
const contextOf = (...window: Message[]): Context => ({
  window,
  recalled: [],
  recall: "words",
  total: window.length,
});

describe("the budget of a prompt", () => {
  const budget = (more: object, window = 8_000) => budgetOf(measure({ ...asked, ...more }), window);

  it("is what system prompt, question and reply leave of CONTEXT_TOKENS", () => {
    expect(budget({})).toEqual({ context: 2_000 - fixed - 400 - RECALL_OVERHEAD, recall: 500, reply: 400 });
  });

  it("ends at the model's window", () => {
    expect(budget({}, 1_000)).toEqual({ context: 1_000 - fixed - 400 - RECALL_OVERHEAD, recall: 230, reply: 400 });
  });

  it("gives recall at most half of the context", () => {
    const { context, recall } = budget({ recallTokens: 5_000 });
    expect(recall).toBe(Math.floor(context / 2));
  });

  it("gives a reply at most three quarters of the room", () => {
    const reply = Math.floor(((2_000 - fixed) * 3) / 4);
    expect(budget({ maxTokens: 4_000 })).toMatchObject({ reply, context: 2_000 - fixed - reply - RECALL_OVERHEAD });
  });

  it("has no memory, but the model's window, for a question that fills CONTEXT_TOKENS", () => {
    expect(budget({ contextTokens: fixed + 63 }, fixed + 400)).toEqual({ context: 0, recall: 0, reply: 300 });
    // With one token more, the shortest reply fits.
    expect(budget({ contextTokens: fixed + 64 }, fixed + 400)).toEqual({ context: 0, recall: 0, reply: 64 });
  });

  it("has no memory in a window that has no room for the question", () => {
    expect(budget({}, fixed)).toEqual({ context: 0, recall: 0, reply: 400 });
  });

  it("counts each text of tools and of a schema, with what surrounds it", () => {
    const texts = ["weather", "The weather of a city", '{"type":"object"}', '{"type":"array"}'];
    const [name = "", description = "", parameters = "", schema = ""] = texts;
    const tools = { list: [{ name, description, parameters }], required: false, parallel: true };
    const more = { tools, format: { schema } };
    const cost = texts.reduce((sum, text) => sum + estimateTokens(text) + 8, 0);
    expect(measure({ ...asked, ...more }).systemTokens - measure(asked).systemTokens).toBe(cost);
    expect(budget({}).context - budget(more).context).toBe(cost);
    expect(budget({ format: { schema: null } })).toEqual(budget({}));
  });

  it("counts each system prompt by its own length", () => {
    const long = { ...asked, systemPrompt: "Be kind. ".repeat(50) };
    const tokens = [asked, long, long, asked].map((ask) => measure(ask).systemTokens);
    const longer = PROMPT_OVERHEAD + estimateMessage({ content: long.systemPrompt });
    expect(tokens).toEqual([system, longer, longer, system]);
  });
});

describe("a prompt within a window", () => {
  const prompt = (more: object, window: number, context = contextOf()) =>
    promptOf(measure({ ...asked, ...more }), context, window);

  it("is none without room for the question and the shortest reply", () => {
    expect(prompt({}, fixed + 63)).toBeNull();
    expect(prompt({}, fixed + 64)).toMatchObject({ tokens: fixed, maxTokens: 64 });
  });

  it("needs no more room than a short reply takes", () => {
    expect(prompt({ maxTokens: 10 }, fixed + 9)).toBeNull();
    expect(prompt({ maxTokens: 10 }, fixed + 10)).toMatchObject({ maxTokens: 10 });
  });

  it("says what each part takes", () => {
    const window = [message(1, "I keep bees."), message(2, "How many hives?")];
    const tokens = window.reduce((sum, one) => sum + one.tokens, 0);
    const fitted = prompt({}, 8_000, contextOf(...window));
    expect(fitted?.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(fitted).toMatchObject({ tokens: fixed + tokens, maxTokens: 400 });
    const parts = { system, question: fixed - system, window: tokens, facts: 0, recalled: 0, reply: 400 };
    expect(fitted?.shares).toMatchObject({ ...parts, limit: 2_000, modelWindow: 8_000 });
  });

  it("has a limit above CONTEXT_TOKENS for a question that fills them, and then no memory", () => {
    const fitted = prompt({ contextTokens: fixed }, fixed + 100, contextOf(message(1, "I keep bees.")));
    expect(fitted?.messages).toHaveLength(2);
    expect(fitted?.shares).toMatchObject({ reply: 75, limit: fixed + 75 });
  });
});
