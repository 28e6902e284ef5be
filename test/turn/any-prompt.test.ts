import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgetOf, measure, promptOf } from "../../src/turn/budget";
import { contextOf } from "../../src/turn/conversation";
import { estimateMessage, estimateTokens, PROMPT_OVERHEAD } from "../../src/turn/tokens";
import { withResults } from "../../src/turn/tool-calls";
import type { Message, PromptMessage, ToolResult } from "../../src/turn/types";
import { message, sizes, transcripts, WORDS } from "../support/transcripts";

const LEAST_REPLY = 64;
const text = (tokens: number) => WORDS.repeat(Math.ceil(tokens / 20)).slice(0, tokens * 4);

/** The steps of an agent loop: in each, some calls with results of some sizes; the last results are new. */
const loops = fc.array(fc.array(sizes, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });

/** A transcript that ends with an open exchange of an agent loop, and the results for its last calls. */
function looping(before: Message[], asked: number, loop: number[][]): { history: Message[]; results: ToolResult[] } {
  const history = [...before];
  const add = (role: Message["role"], tokens: number, called?: Partial<Message>) =>
    history.push(message(history.length + 1, role, tokens, called));
  add("user", asked);
  let results: ToolResult[] = [];
  for (const [step, returned] of loop.entries()) {
    for (const { callId, content } of results) add("tool", 1, { content, toolCallId: callId });
    const ids = returned.map((_, at) => `call-${step}-${at}`);
    const toolCalls = ids.map((id) => ({ id, name: "find", arguments: '{"text":"hives"}' }));
    add("assistant", 1, { content: "", toolCalls });
    results = ids.map((callId, at) => ({ callId, content: `${callId} ${text(returned[at] ?? 1)} end of ${callId}` }));
  }
  return { history, results };
}

const cases = fc.record({
  before: transcripts,
  loop: fc.option(loops),
  asked: sizes,
  question: fc.option(fc.integer({ min: 1, max: 300 })),
  contextTokens: fc.integer({ min: 600, max: 20_000 }),
  window: fc.integer({ min: 1_500, max: 30_000 }),
  maxTokens: fc.integer({ min: 16, max: 4_000 }),
});

/** Whether calls and results stand together, in the order that models expect. */
function isPaired(messages: PromptMessage[]): boolean {
  let open: string[] = [];
  for (const { role, toolCalls, toolCallId = "" } of messages) {
    if (role === "tool") {
      if (!open.includes(toolCallId)) return false;
      open = open.filter((id) => id !== toolCallId);
    } else if (open.length > 0) return false;
    else open = (toolCalls ?? []).map(({ id }) => id);
  }
  return open.length === 0;
}

describe("any prompt", () => {
  // The samples are built once, because estimating their tokens takes most of the time.
  const samples = fc.sample(cases, { numRuns: 150, seed: 11 }).map((one) => {
    const { before, loop, asked, question, contextTokens, window, maxTokens } = one;
    const { history, results } = loop ? looping(before, asked, loop) : { history: before, results: [] };
    const said = question === null ? (loop ? "" : "And then?") : text(question);
    const input = measure({
      ...{ question: said, systemPrompt: "Be kind.", contextTokens, recallTokens: 500, maxTokens, timeZone: "UTC" },
    });
    const opened = withResults(input, history, results);
    if (!opened.ok) throw new Error(opened.failure.reason);
    const room = budgetOf(opened.value.input, window).context;
    const context = contextOf(opened.value.before, room);
    const prompt = promptOf(opened.value.input, context, window);
    return { ...one, said, results, before: opened.value.before, prompt, room };
  });

  it("fits the model's window, with its reply", () => {
    for (const { prompt, window } of samples) {
      if (!prompt) continue;
      const tokens = prompt.messages.reduce((sum, message) => sum + estimateMessage(message), PROMPT_OVERHEAD);
      expect(tokens + prompt.maxTokens).toBeLessThanOrEqual(window);
      expect(prompt.maxTokens).toBeGreaterThanOrEqual(Math.min(LEAST_REPLY, prompt.maxTokens));
    }
  });

  it("is refused only if the question alone does not fit", () => {
    for (const { prompt, said, window, loop, maxTokens } of samples) {
      if (prompt) continue;
      const fixed = PROMPT_OVERHEAD + estimateTokens(said) + 40;
      // The last calls of a step need room for their names and ids.
      const calls = 80 + 80 * (loop?.at(-1)?.length ?? 0);
      expect(fixed + calls + Math.max(Math.min(maxTokens, LEAST_REPLY), window / 4)).toBeGreaterThan(window);
    }
    expect(samples.filter(({ prompt }) => prompt).length).toBeGreaterThan(samples.length * 0.9);
  });

  it("never separates calls from results, and ends with the question or the newest results", () => {
    for (const { prompt, said, results } of samples) {
      if (!prompt) continue;
      expect(isPaired(prompt.messages)).toBe(true);
      const end = said === "" ? prompt.messages.slice(-results.length) : prompt.messages.slice(-1 - results.length, -1);
      if (said !== "") expect(prompt.messages.at(-1)).toMatchObject({ role: "user", content: said });
      expect(end.map(({ toolCallId }) => toolCallId)).toEqual(results.map(({ callId }) => callId));
      for (const [at, { content }] of end.entries()) {
        const whole = results[at]?.content ?? "";
        expect(content === whole || content.includes("characters left out …]")).toBe(true);
      }
    }
  });

  it("keeps the question of an open exchange", () => {
    for (const { prompt, loop, before } of samples) {
      if (!prompt || !loop) continue;
      const asked = prompt.messages.find(({ content }) => content.startsWith(`#${before.length + 1} `));
      if (!asked) expect(prompt.messages.some(({ content }) => content.startsWith("[… "))).toBe(true);
    }
  });

  it("contains the last exchange before it, and begins with a user message", () => {
    for (const { prompt, before, room } of samples) {
      // A smaller room does not hold two messages, however short they become.
      if (!prompt || room < 100 || prompt.context.window.length === 0) continue;
      const [first] = prompt.context.window;
      const isFirst = !before.slice(0, first?.seq).some(({ role }) => role === "user");
      expect(first?.role === "user" || first?.role === "system" || isFirst).toBe(true);
      expect(prompt.context.window.at(-1)?.seq).toBeGreaterThan(before.length - 4);
    }
  });

  it("begins with the question before many answers in a row", () => {
    const before = [message(1, "user", 10), ...Array.from({ length: 60 }, (_, at) => message(at + 2, "assistant", 50))];
    const { window } = contextOf(before, 400);
    expect(window[0]?.seq).toBe(1);
    expect(window.at(-1)?.seq).toBe(61);
  });
});
