/** The functions that a model calls: in Workers AI's form or OpenAI's, whole or in the parts of a stream. */
import { MAX_CALLS, MAX_RESULT } from "../limits";
import { failed, ok, type Result } from "../turn/result";
import type { ToolCall, Tools } from "../turn/types";
import { fieldsOf, isObject, parsed } from "./json";

/** A call, or a part of one that its `index` puts together with others. */
export interface CallPart {
  index?: number | undefined;
  name: string;
  arguments: string;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** `{ name, arguments }`, or the same as the `function` of a call; arguments as an object or as JSON. */
function partOf(value: unknown): CallPart {
  const call = fieldsOf(value);
  const { name, arguments: given } = isObject(call.function) ? call.function : call;
  return {
    index: typeof call.index === "number" ? call.index : undefined,
    name: textOf(name),
    arguments: isObject(given) ? JSON.stringify(given) : textOf(given),
  };
}

/** The calls in the first of these fields that has any. */
export function callPartsOf(...fields: unknown[]): CallPart[] {
  const calls = fields.find((field): field is unknown[] => Array.isArray(field) && field.length > 0);
  return calls?.map(partOf) ?? [];
}

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
      // Some servers close each call with an empty part of its own.
      if (part.name === "" && part.arguments === "") continue;
      this.#characters += part.name.length + part.arguments.length;
      const known = part.index === undefined ? undefined : this.#parts.find(({ index }) => index === part.index);
      if (!known) this.#parts.push({ ...part });
      else {
        known.name ||= part.name;
        known.arguments += part.arguments;
      }
    }
    return this.#characters <= MAX_RESULT;
  }

  /** The calls, when the last part has come; they must be of functions that there are, with an object as arguments. */
  end(tools: Tools): Result<ToolCall[]> {
    const isKnown = ({ name }: CallPart) => tools.list.some((tool) => tool.name === name);
    if (!this.#parts.every((call) => isKnown(call) && isObject(parsed(call.arguments || "{}")))) {
      return failed({ reason: "model_reply_malformed" });
    }
    return ok(
      this.#parts.slice(0, tools.parallel ? MAX_CALLS : 1).map(({ name, arguments: json }) => ({
        id: `call_${crypto.randomUUID().replaceAll("-", "")}`,
        name,
        arguments: json || "{}",
      })),
    );
  }
}
