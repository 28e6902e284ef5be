/** Finds the JSON in an answer: alone, in a code fence, or with prose around it. */
import { parsed } from "./json";
import { literalOf } from "./literals";

/** The bound on the name of a language keeps the search linear without a closing fence. */
const FENCE = /```[a-z]{0,20}([\s\S]*?)```/gi;
/** Maximum brackets to try in prose, and values to check. Most answers need one. */
const MAX_TRIES = 20;
const MAX_CHECKS = 6;
/** Maximum texts to read as Python: this takes ten times as long. The whole answer comes first, then its fence, then prose. */
const MAX_LITERALS = 3;

/**
 * Returns the first accepted JSON text in an answer, or undefined. Corrects Python's quotes and constants, and last commas.
 * @param tries the most brackets at which the JSON may begin
 */
export function jsonIn(answer: string, accepts: (value: unknown) => boolean, tries = MAX_TRIES): string | undefined {
  let checks = 0;
  let literals = 0;
  for (const candidate of candidatesIn(answer.trim(), tries)) {
    const json = parsed(candidate);
    if (json === undefined) literals += 1;
    const value = json ?? (literals > MAX_LITERALS ? undefined : literalOf(candidate));
    if (value === undefined) continue;
    checks += 1;
    if (checks > MAX_CHECKS) return undefined;
    if (accepts(value)) return json === undefined ? JSON.stringify(value) : candidate;
    // Some models encode their JSON twice, as a string.
    if (typeof value === "string" && accepts(parsed(value))) return value;
  }
  return undefined;
}

function* candidatesIn(text: string, tries: number): Generator<string> {
  yield text;
  for (const [, fenced = ""] of text.matchAll(FENCE)) yield fenced.trim();
  let left = tries;
  let from = 0;
  for (const { index } of text.matchAll(/[[{]/g)) {
    if (index < from) continue;
    if (left === 0) return;
    left -= 1;
    const end = endOfBrackets(text, index);
    if (end === undefined) continue;
    const candidate = text.slice(index, end);
    yield candidate;
    if (parsed(candidate) !== undefined) from = end;
  }
}

/** Returns the end of the bracket that opens at a position. Ignores brackets in strings. */
function endOfBrackets(text: string, start: number): number | undefined {
  const TOKEN = /[[{]|[\]}]|"[^"\\]*(?:\\.[^"\\]*)*"?/gs;
  TOKEN.lastIndex = start;
  let depth = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth === 0) return TOKEN.lastIndex;
  }
  return undefined;
}
