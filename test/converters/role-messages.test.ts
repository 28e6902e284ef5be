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
