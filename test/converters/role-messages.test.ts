import { expect, it } from "vitest";
import { converted, fileOf, linesOf } from "./support";

it("messages of the AI SDK have the text of their parts", async () => {
  const parts = [{ type: "step-start" }, { type: "reasoning", text: "hm" }, { type: "text", text: "At noon." }];
  const messages = [
    { role: "user", parts: [{ type: "text", text: "When?" }] },
    { role: "assistant", parts },
  ];
  const [chat] = await converted(fileOf("chat.json", JSON.stringify({ id: "c1", messages })));
  expect(linesOf(chat)).toEqual(["user: When?", "assistant: At noon."]);
});

it("messages of LangChain 1 name a call of a tool once", async () => {
  const call = { name: "search", args: { q: "rain" }, id: "1", type: "tool_call" };
  const content = [{ type: "reasoning", reasoning: "hm" }, { type: "text", text: "Let me see." }, call];
  const ai = (more: object) => ({ type: "ai", data: { type: "ai", content, ...more } });
  const responses = [{ type: "function_call", name: "search", arguments: '{"q":"rain"}', call_id: "1" }];
  const messages = [ai({ tool_calls: [call] }), ai({}), ai({ content: responses, tool_calls: [call] })];
  const [chat] = await converted(fileOf("chat.json", JSON.stringify(messages)));
  const called = '[call of search: {"q":"rain"}]';
  expect(linesOf(chat)).toEqual([
    `assistant: Let me see.\n${called}`,
    `assistant: Let me see.\n${called}`,
    `assistant: ${called}`,
  ]);
});

it.each([
  ["LibreChat", { conversationId: "a" }],
  ["Telegram", { id: "a", type: "chat" }],
])("messages with a role are no export of %s, whatever their conversation is named", async (_, fields) => {
  const messages = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello." },
  ];
  const [chat] = await converted(fileOf("chat.json", JSON.stringify([{ ...fields, title: "Hi", messages }])));
  expect(chat?.sessionId).toBe("messages:a");
  expect(linesOf(chat)).toEqual(["user: Hi", "assistant: Hello."]);
});
