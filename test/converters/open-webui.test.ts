import { describe, expect, it } from "vitest";
import { converted, fileOf, linesOf } from "./support";

/** Imports a chat, and returns its answer. */
async function imported(content: string, output?: object[]): Promise<string | undefined> {
  const chat = { id: "c1", title: "T", chat: { messages: [{ role: "assistant", content, output }] } };
  const [only] = await converted(fileOf("chats.json", JSON.stringify([chat])));
  return linesOf(only)[0];
}

const call = (result: string) =>
  `<details type="tool_calls" done="true" id="call_1" name="search_web" arguments="&quot;{}&quot;" result="${result}" files="">\n<summary>Tool Executed</summary>\n</details>\n`;

describe("an answer in an export of Open WebUI", () => {
  it("names a call of a tool, however long its result is", async () => {
    for (const length of [10, 3_000, 1_000_000])
      expect(await imported(`${call("x".repeat(length))}It rains.`)).toBe("assistant: [call of search_web]\nIt rains.");
  });

  it("is read from its items if its content is empty, as newer servers store it", async () => {
    const text = (words: string) => [{ type: "output_text", text: words }];
    const output = [
      { type: "reasoning", content: text("so"), summary: null },
      { type: "function_call", call_id: "1", name: "search_web", arguments: "{}" },
      { type: "function_call_output", call_id: "1", output: [{ type: "input_text", text: "Rain" }] },
      { type: "message", role: "assistant", content: text("It rains.") },
    ];
    expect(await imported("", output)).toBe("assistant: [call of search_web]\nIt rains.");
    // A content that is there is the same answer.
    expect(await imported(`${call("Rain")}It rains.`, output)).toBe("assistant: [call of search_web]\nIt rains.");
  });

  it("has no thoughts, also around a call of a tool", async () => {
    const thoughts = `<details type="reasoning" done="true">\n<summary>Thought</summary>\n> so\n${call("x")}</details>\n`;
    expect(await imported(`Well.\n${thoughts}It rains.`)).toBe("assistant: Well.\nIt rains.");
  });

  it.each([
    "<details>\n<summary>Code</summary>\n\n1 + 1\n</details>\n\nSee above.",
    "Close it with </details>, or not.",
    '<details type="tool_calls" done="false" name="x">\n<summary>Executing',
  ])("keeps other text: %j", async (text) => {
    expect(await imported(text)).toBe(`assistant: ${text}`);
  });

  it("is read at once, also with 100,000 marks of blocks", async () => {
    for (const mark of ['<details type="a"', "</details>", "<details>"])
      expect(await imported(mark.repeat(100_000))).toContain(mark);
  });
});
