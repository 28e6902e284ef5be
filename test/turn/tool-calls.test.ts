import { describe, expect, it } from "vitest";
import { paired } from "../../src/turn/tool-calls";
import type { PromptMessage } from "../../src/turn/types";

const user: PromptMessage = { role: "user", content: "Weather?" };
const answer: PromptMessage = { role: "assistant", content: "Sunny." };
const calls = (content: string, ...ids: string[]): PromptMessage => ({
  role: "assistant",
  content,
  toolCalls: ids.map((id) => ({ id, name: "weather", arguments: "{}" })),
});
const result = (toolCallId?: string): PromptMessage => ({ role: "tool", content: "21", toolCallId });

describe("calls and results in a prompt", () => {
  const kept: [what: string, messages: PromptMessage[]][] = [
    ["without calls", [user, answer, user]],
    ["one call with its result", [user, calls("", "a"), result("a"), answer]],
    ["several calls with results in another order", [user, calls("", "a", "b"), result("b"), result("a"), answer]],
    ["calls at the end", [user, calls("", "a"), result("a")]],
    ["two exchanges", [user, calls("", "a"), result("a"), calls("", "b"), result("b"), answer]],
  ];
  it.each(kept)("stay complete: %s", (_what, messages) => {
    expect(paired(messages)).toEqual(messages);
  });

  it("are copied into a new list", () => {
    const messages = [user];
    expect(paired(messages)).not.toBe(messages);
  });

  const changed: [what: string, messages: PromptMessage[], left: PromptMessage[]][] = [
    ["a call without its result", [user, calls("", "a"), answer], [user, answer]],
    ["one of two results", [user, calls("", "a", "b"), result("a"), answer], [user, answer]],
    ["a result too many", [user, calls("", "a"), result("a"), result("b"), answer], [user, answer]],
    ["one result twice", [user, calls("", "a", "b"), result("a"), result("a"), answer], [user, answer]],
    ["the same call twice", [user, calls("", "a", "a"), result("a"), result("a"), answer], [user, answer]],
    ["a result of another call", [user, calls("", "a"), result("b"), answer], [user, answer]],
    ["a result without an id", [user, calls("", "a"), result(), answer], [user, answer]],
    ["a result without a call", [user, result("a"), answer], [user, answer]],
    ["results before their call", [result("a"), calls("", "a"), user], [user]],
    ["a call at the end without its result", [user, calls("", "a")], [user]],
    ["a result behind another message", [user, calls("", "a"), user, result("a"), answer], [user, user, answer]],
  ];
  it.each(changed)("are left out: %s", (_what, messages, left) => {
    expect(paired(messages)).toEqual(left);
  });

  it("are left out of a message, whose text stays", () => {
    const [, spoken] = paired([user, calls("Let me look.", "a"), user]);
    expect(spoken).toMatchObject({ role: "assistant", content: "Let me look." });
    expect(spoken?.toolCalls).toBeUndefined();
  });
});
