/** How the stand-in calls functions: by rule, so that an agent's way through its calls can be seen without a model. */
import type { ChatInputs } from "../binding";
import { minimalValue } from "./minimal-value";

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu) ?? []);

/** The function that shares most words with the question; the first where one must be called and none shares any. */
export function callFor({ tools = [], tool_choice, messages }: ChatInputs): object | undefined {
  const last = messages.at(-1);
  // What a function returned is there to be told, not to be called for again.
  if (last?.role !== "user") return undefined;
  const asked = wordsOf(last.content);
  const scored = tools.map(({ function: tool }) => {
    const words = wordsOf(`${tool.name.replaceAll(/[_.-]|(?<=\p{Ll})(?=\p{Lu})/gu, " ")} ${tool.description}`);
    return { tool, shared: [...words].filter((word) => asked.has(word)).length };
  });
  const [best] = scored.sort((a, b) => b.shared - a.shared);
  if (!best || (best.shared === 0 && tool_choice !== "required")) return undefined;
  return { name: best.tool.name, arguments: minimalValue(best.tool.parameters, last.content) ?? {} };
}
