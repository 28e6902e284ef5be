/**
 * How the stand-in calls functions and gives JSON: by rule, so that an agent's way through its calls can be seen without a
 * model. It understands neither question nor schema.
 */
import type { ChatInputs } from "../binding";
import { type Fields, fieldsOf } from "../json";

/** How many values a schema may lead to, and how long a text it may want: more is a schema that goes round in circles. */
const MOST_VALUES = 200;
const LONGEST = 10_000;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const numberOr = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);

/** Makes values that fit a schema, its strings taken from a text. */
class Smallest {
  readonly #root: Fields;
  readonly #text: string;
  #left = MOST_VALUES;

  constructor(root: Fields, text: string) {
    this.#root = root;
    this.#text = text;
  }

  of(given: unknown): unknown {
    this.#left -= 1;
    if (this.#left < 0) return null;
    const schema = this.#resolved(fieldsOf(given));
    if ("const" in schema) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum[0];
    const [choice] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
    if (choice !== undefined) return this.of(choice);
    const whole: Fields = Object.assign(
      {},
      schema,
      ...listOf(schema.allOf).map((part) => this.#resolved(fieldsOf(part))),
    );
    const [type] = Array.isArray(whole.type) ? whole.type : [whole.type];
    switch (type) {
      case "string": {
        const least = Math.min(numberOr(whole.minLength, 0), LONGEST);
        return this.#text.padEnd(least, ".").slice(0, numberOr(whole.maxLength, LONGEST));
      }
      case "number":
      case "integer":
        return Math.min(Math.max(0, Math.ceil(numberOr(whole.minimum, 0))), numberOr(whole.maximum, Number.MAX_VALUE));
      case "boolean":
        return false;
      case "null":
        return null;
      case "array": {
        const items: unknown[] = [];
        while (items.length < numberOr(whole.minItems, 0) && this.#left > 0) items.push(this.of(whole.items));
        return items;
      }
      default: {
        const properties = fieldsOf(whole.properties);
        return Object.fromEntries(
          listOf(whole.required).map((name) => [String(name), this.of(properties[String(name)])]),
        );
      }
    }
  }

  /** What a reference within the schema points to. */
  #resolved(schema: Fields): Fields {
    if (typeof schema.$ref !== "string") return schema;
    const path = schema.$ref.split("/").slice(1);
    return fieldsOf(path.reduce<unknown>((at, name) => fieldsOf(at)[name], this.#root));
  }
}

/** The smallest value that fits a JSON Schema, its strings taken from a text. A `pattern` or a `format` it cannot meet. */
export const smallest = (schema: object, text: string): unknown => {
  const root: Fields = { ...schema };
  return new Smallest(root, text).of(root);
};

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
  return { name: best.tool.name, arguments: smallest(best.tool.parameters, last.content) };
}
