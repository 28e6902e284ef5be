import { expect, it } from "vitest";
import { converted, fileOf, linesOf, timesOf } from "./support";

const conv = { id: "c1", name: "Bees", lastModified: 1_740_823_203_000, currNode: "3" };
const message = (id: string, parent: string | null, role: string, content: string, more: object = {}) => ({
  id,
  convId: "c1",
  type: id === "0" ? "root" : "text",
  timestamp: 1_740_823_200_000 + Number(id) * 1_000,
  role,
  content,
  parent,
  children: [],
  ...more,
});
const MESSAGES = [
  message("0", null, "system", ""),
  message("1", "0", "user", "What are bees?", { extra: [{ type: "TEXT", name: "notes.txt", content: "x" }] }),
  message("2", "1", "assistant", "Birds."),
  message("3", "1", "assistant", "Insects."),
  message("4", "2", "user", "Really?"),
];
const jsonl = (...lines: object[]) => lines.map((line) => JSON.stringify(line)).join("\n");
const session = (header: object, messages: object[]) => [
  { type: "session", harness: "llama.cpp", ...header },
  ...messages.map((one) => ({ type: "message", message: one })),
];

it.each([
  ["JSONL", jsonl(...session(conv, MESSAGES))],
  ["the JSON of earlier versions", JSON.stringify([{ conv, messages: MESSAGES }])],
  ["the JSON of one conversation", JSON.stringify({ conv, messages: MESSAGES })],
])("a conversation of llama.cpp is its current branch: %s", async (_, text) => {
  const [bees, ...others] = await converted(fileOf("conversation.jsonl", text));
  expect(others).toEqual([]);
  expect(bees).toMatchObject({ sessionId: "llama.cpp:c1", title: "Bees" });
  expect(linesOf(bees)).toEqual(["user: What are bees?\n[file: notes.txt]", "assistant: Insects."]);
  expect(timesOf(bees)[0]).toBe("2025-03-01T10:00:01.000Z");
  expect(bees?.skipped).toEqual({ "messages of other branches": 2 });
});

it("a file of llama.cpp may have several conversations", async () => {
  const other = { ...conv, id: "c2", name: "Rain" };
  const rain = [message("1", null, "user", "Will it rain?"), message("3", "1", "assistant", "No.")];
  const chats = await converted(fileOf("a.jsonl", jsonl(...session(conv, MESSAGES), ...session(other, rain))));
  expect(chats.map(({ sessionId }) => sessionId)).toEqual(["llama.cpp:c1", "llama.cpp:c2"]);
  expect(linesOf(chats[1])).toEqual(["user: Will it rain?", "assistant: No."]);
});
