/** Reads a model's function calls, in Workers AI's form or OpenAI's, whole or in the parts of a stream. */
import { MAX_CALLS, MAX_RESULT } from "../limits";
import { failed, ok, type Result } from "../turn/result";
import type { ToolCall, Tools } from "../turn/tool-types";
import { acceptsCall } from "./check-reply";
import { fieldsOf, isObject, parsed, plainText } from "./json";
import { jsonIn } from "./json-answer";
import type { Matcher } from "./json-schema/matches-schema";

/** A call, or a part of one. */
export interface CallPart {
  index?: number | undefined;
  /** The id that the model server chose. Clients get a new one. */
  id?: string | undefined;
  name: string;
  arguments: string;
  /** True if this part is a whole call. */
  whole?: boolean;
}

/** Reads `{ name, arguments }`, or a call with these in its `function`. Arguments are an object or JSON. */
function partOf(value: unknown): CallPart {
  const call = fieldsOf(value);
  const { name, arguments: given, parameters } = isObject(call.function) ? call.function : call;
  const values = given ?? parameters;
  return {
    index: typeof call.index === "number" ? call.index : undefined,
    id: plainText(call.id) || undefined,
    name: plainText(name),
    arguments: isObject(values) ? JSON.stringify(values) : plainText(values),
  };
}

/** Returns the calls of the first field that contains any. */
export function callPartsOf(...fields: unknown[]): CallPart[] {
  const calls = fields.find((field): field is unknown[] => Array.isArray(field) && field.length > 0);
  return calls?.map(partOf) ?? [];
}

const NO_ARGUMENTS = /^(?:null|"")?$/;

/** Returns whether a part begins a new call instead of continuing the known one. */
function isNew(part: CallPart, known: CallPart): boolean {
  if (part.whole) return true;
  // Some servers give each part of a call another id, but only the first one a name.
  if (part.name === "" || known.name === "") return false;
  if (part.name !== known.name || (part.id !== undefined && known.id !== undefined && part.id !== known.id))
    return true;
  // Some servers give several calls the same index and the same id, or no id: a name after whole arguments is new.
  // Arguments begin with `{`, or with `"` if they are encoded twice. This also saves parsing at each chunk.
  return /^\s*[{"]/.test(part.arguments) && isObject(parsed(known.arguments));
}

const isSame = (a: CallPart, b: CallPart) =>
  !a.whole && a.id !== undefined && a.id === b.id && a.name === b.name && a.arguments === b.arguments;

/** Joins the parts of calls. */
export class Calls {
  readonly #parts: CallPart[] = [];
  #characters = 0;

  get some(): boolean {
    return this.#parts.length > 0;
  }

  /** @returns whether the calls are still small enough to store, and for a client to send back */
  add(parts: CallPart[]): boolean {
    for (const part of parts) {
      // Some servers close each call with an empty part, or repeat all calls at the end.
      if ((part.name === "" && part.arguments === "") || this.#parts.some((known) => isSame(part, known))) continue;
      const known = this.#knownOf(part);
      if (!known || isNew(part, known)) {
        this.#characters += part.name.length + part.arguments.length;
        this.#parts.push({ ...part });
      } else {
        known.id ??= part.id;
        // Some servers repeat the name in each part.
        if (known.name === "") this.#characters += part.name.length;
        known.name ||= part.name;
        // Some servers begin with `{}`, or repeat in each part all that came before.
        const before = known.arguments === "{}" ? "" : known.arguments;
        const joined = part.arguments.startsWith(before) ? part.arguments : before + part.arguments;
        this.#characters += joined.length - known.arguments.length;
        known.arguments = joined;
      }
    }
    return this.#characters <= MAX_RESULT && this.#parts.length <= MAX_CALLS * 4;
  }

  /** Returns the call that a part may continue: the last one with its index or id; without either, the last one. */
  #knownOf({ index, id, name }: CallPart): CallPart | undefined {
    if (index !== undefined) return this.#parts.findLast((known) => known.index === index);
    if (id !== undefined) return this.#parts.findLast((known) => known.id === id);
    return name === "" ? this.#parts.at(-1) : undefined;
  }

  /** Returns the calls after the last part. Fails if a function is unknown or if arguments are not an object. */
  end({ list, parallel }: Tools, matcher: Matcher): Result<ToolCall[]> {
    const calls: ToolCall[] = [];
    for (const part of this.#parts.slice(0, parallel ? MAX_CALLS : 1)) {
      const named = (own: string) => list.find(({ name }) => name === own);
      // Removes a namespace before the name, and a channel after it: gpt-oss may write both.
      const tool = named(part.name) ?? named(part.name.replace(/^functions\.|<\|.*/g, ""));
      // Only from the first bracket: in arguments that are cut off, a later one opens a value of theirs.
      const json = jsonIn(part.arguments.trim().replace(NO_ARGUMENTS, "{}"), isObject, 1);
      if (!tool || !json || !acceptsCall(tool, JSON.parse(json), matcher))
        return failed({ reason: "model_reply_malformed" });
      calls.push({
        id: `call_${crypto.randomUUID().replaceAll("-", "")}`,
        name: tool.name,
        arguments: json,
      });
    }
    return ok(calls);
  }
}
