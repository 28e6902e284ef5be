/** Chooses function calls for the stand-in by a fixed rule, so that you can try an agent's calls without a model. */
import type { ChatInputs } from "../binding";
import { minimalValue } from "./minimal-value";

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu) ?? []);

/** Returns a call of the function that shares most words with the question, or of the first if a call is required. */
export function callFor({ tools = [], tool_choice, messages }: ChatInputs): object | undefined {
  const last = messages.at(-1);
  // After the result of a call, the model answers with it instead of calling again.
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
