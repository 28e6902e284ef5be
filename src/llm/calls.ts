/** The functions that a model calls: in Workers AI's form or OpenAI's, whole or in the parts of a stream. */
import { MAX_CALLS, MAX_RESULT } from "../limits";
import { failed, ok, type Result } from "../turn/result";
import type { Tool, ToolCall, Tools } from "../turn/tool-types";
import { fieldsOf, isObject, parsed } from "./json";

/** A call, or a part of one. */
export interface CallPart {
  index?: number | undefined;
  /** The server's own; ids of the client are made anew. */
  id?: string | undefined;
  name: string;
  arguments: string;
  /** Whether no other part belongs to it. */
  whole?: boolean;
}

/** Whether the arguments of a call of this tool may be as they are. */
export type Accepts = (tool: Tool, values: object) => boolean;

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** `{ name, arguments }`, or the same as the `function` of a call; arguments as an object or as JSON. */
function partOf(value: unknown): CallPart {
  const call = fieldsOf(value);
  const { name, arguments: given, parameters } = isObject(call.function) ? call.function : call;
  const values = given ?? parameters;
  return {
    index: typeof call.index === "number" ? call.index : undefined,
    id: textOf(call.id) || undefined,
    name: textOf(name),
    arguments: isObject(values) ? JSON.stringify(values) : textOf(values),
  };
}

/** The calls in the first of these fields that has any. */
export function callPartsOf(...fields: unknown[]): CallPart[] {
  const calls = fields.find((field): field is unknown[] => Array.isArray(field) && field.length > 0);
  return calls?.map(partOf) ?? [];
}

/** The arguments of a whole call; undefined where they are no object. Some servers encode them twice. */
function argumentsOf({ arguments: json }: CallPart): object | undefined {
  const value = parsed(json.trim() || "{}");
  const decoded = typeof value === "string" ? parsed(value.trim() || "{}") : value;
  return decoded === null ? {} : isObject(decoded) ? decoded : undefined;
}

/** Whether a part begins a call of its own, though a call with its index, or no index, is known. */
function isNew(part: CallPart, known: CallPart): boolean {
  if (part.whole) return true;
  if (part.id !== undefined && known.id !== undefined && part.id !== known.id) return true;
  if (part.name !== "" && known.name !== "" && part.name !== known.name) return true;
  // A name after whole arguments: calls that share an index, and an id or none.
  return part.name !== "" && isObject(parsed(known.arguments)) && part.arguments !== "";
}

const isSame = (a: CallPart, b: CallPart) =>
  !a.whole && a.id !== undefined && a.id === b.id && a.name === b.name && a.arguments === b.arguments;

/** Calls that come in parts. */
export class Calls {
  readonly #parts: CallPart[] = [];
  #characters = 0;

  get some(): boolean {
    return this.#parts.length > 0;
  }

  /** @returns whether they are still of a size that can be remembered, and sent back by a client */
  add(parts: CallPart[]): boolean {
    for (const part of parts) {
      // Some servers close each call with an empty part of its own, or repeat all calls at the end.
      if ((part.name === "" && part.arguments === "") || this.#parts.some((known) => isSame(part, known))) continue;
      this.#characters += part.name.length + part.arguments.length;
      const known = this.#knownOf(part);
      if (!known || isNew(part, known)) this.#parts.push({ ...part });
      else {
        known.id ??= part.id;
        known.name ||= part.name;
        known.arguments += part.arguments;
      }
    }
    return this.#characters <= MAX_RESULT && this.#parts.length <= MAX_CALLS * 4;
  }

  /** The call that a part may continue: the last one with its index, or its id; without either, the last one. */
  #knownOf({ index, id, name }: CallPart): CallPart | undefined {
    if (index !== undefined) return this.#parts.findLast((known) => known.index === index);
    if (id !== undefined) return this.#parts.findLast((known) => known.id === id);
    return name === "" ? this.#parts.at(-1) : undefined;
  }

  /**
   * Returns the calls, when the last part has come. They must be of functions that there are, with an object as
   * arguments.
   */
  end({ list, parallel }: Tools, accepts: Accepts): Result<ToolCall[]> {
    const calls: ToolCall[] = [];
    for (const part of this.#parts.slice(0, parallel ? MAX_CALLS : 1)) {
      const tool = list.find(({ name }) => name === part.name);
      const values = argumentsOf(part);
      if (!tool || !values || !accepts(tool, values)) return failed({ reason: "model_reply_malformed" });
      const isPlain = isObject(parsed(part.arguments));
      calls.push({
        id: `call_${crypto.randomUUID().replaceAll("-", "")}`,
        name: part.name,
        arguments: isPlain ? part.arguments : JSON.stringify(values),
      });
    }
    return ok(calls);
  }
}
