/**
 * Finds function calls that a model writes as text: in Llama's JSON and Python forms or its custom tag, also in a code
 * fence or `<tool_call>`. A text counts as calls only if all of it has one of these forms and all its tools exist.
 */
import { MAX_CALLS } from "../limits";
import type { CallPart } from "./calls";
import { isObject } from "./json";
import { Literals } from "./literals";
import { mayStart } from "./may-start";

/** Fields of a call in JSON. An object with any other field is an answer. */
const FIELDS = ["id", "type", "function", "name", "arguments", "parameters"];
/** Marks around calls, also a brace too many. They are skipped. */
const OPENING = /```[a-z_]*\s*|<tool_calls?>\s*/iy;
const CLOSING = /\s*(?:```|<\/tool_calls?>|[;,}])/iy;
const CUSTOM_TAG = /<function=([\w.-]+?)(?=[>{\s])>?/y;
/** The group keeps the search linear: two runs of spaces next to each other could be divided at every place. */
const CUSTOM_TAG_END = /\s*(?:>\s*)?<\/function>/y;

/** Returns the calls in a text; undefined if the text is an answer. */
export function callsIn(text: string, names: readonly string[]): CallPart[] | undefined {
  const source = new Literals(text.trim());
  const calls: CallPart[] = [];
  while (!source.end) {
    while (source.match(OPENING));
    const found = source.take("[") ? listed(source) : (tagged(source) ?? single(source));
    if (!found || calls.push(...found) > MAX_CALLS) return undefined;
    while (source.match(CLOSING));
  }
  return calls.length > 0 && calls.every(({ name }) => names.includes(name)) ? calls : undefined;
}

const partOf = (name: string, values: object): CallPart => ({ name, arguments: JSON.stringify(values) });

/** Reads `<function=f>{…}</function>`. */
function tagged(source: Literals): CallPart[] | undefined {
  const name = source.match(CUSTOM_TAG)?.[1];
  if (name === undefined) return undefined;
  const values = source.value();
  source.match(CUSTOM_TAG_END);
  return isObject(values) ? [partOf(name, values)] : undefined;
}

/** Reads `[f(a="b"), g()]` or a list of objects, after the opening bracket. Llama often leaves out the last one. */
function listed(source: Literals): CallPart[] | undefined {
  const calls: CallPart[] = [];
  while (!source.take("]") && !source.end) {
    const found = single(source);
    if (!found || calls.push(...found) > MAX_CALLS) return undefined;
    while (source.match(CLOSING));
  }
  return calls;
}

/** Reads `f(a="b")` or an object. */
function single(source: Literals): CallPart[] | undefined {
  const name = source.word();
  if (name !== undefined) {
    const values = source.take("(") ? source.keywords() : undefined;
    return values && [partOf(name, values)];
  }
  const found = callOf(source.value());
  return found && [found];
}

/** Reads `{ name, parameters }`, or an object with these in its field `function`. */
function callOf(value: unknown): CallPart | undefined {
  if (!isObject(value) || !Object.keys(value).every((field) => FIELDS.includes(field))) return undefined;
  if (isObject(value.function)) return callOf(value.function);
  const name = value.name ?? value.function;
  const values = value.arguments ?? value.parameters ?? {};
  if (typeof name !== "string") return undefined;
  if (typeof values === "string") return { name, arguments: values };
  return isObject(values) ? partOf(name, values) : undefined;
}

/** Characters that are enough to see whether a text may contain calls. */
const SEEN = 400;
const KEY = /^\{\s*(?:["'](\w*)(["']?)|$)/;

/** Returns whether an incomplete text may become calls. */
export function mayBeCalls(begun: string, names: readonly string[]): boolean {
  return mayBegin(begun.trimStart().slice(0, SEEN), names);
}

function mayBegin(text: string, names: readonly string[]): boolean {
  if (text === "") return true;
  if (mayStart(text, "```")) return mayBegin(text.replace(/^`{1,3}(?:[a-z_]*(?:\s+|$))?/i, ""), names);
  if (mayStart(text, "<tool_call")) return true;
  if (mayStart(text, "<function=")) {
    const rest = text.slice("<function=".length);
    return names.some((name) => mayStart(rest, name));
  }
  if (text.startsWith("[")) return mayBegin(text.slice(1).trimStart(), names);
  if (text.startsWith("{")) {
    const [, key, quote] = KEY.exec(text) ?? ["", undefined, undefined];
    if (key === undefined) return KEY.test(text);
    return FIELDS.some((field) => (quote ? field === key : field.startsWith(key)));
  }
  return names.some((name) => mayStart(text, `${name}(`));
}
