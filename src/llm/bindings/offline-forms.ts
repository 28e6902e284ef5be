/**
 * How the stand-in calls functions and gives JSON: by rule, so that an agent's way through its calls can be seen without a
 * model. It understands neither question nor schema.
 */
import type { ChatInputs } from "../binding";

type Schema = Record<string, unknown>;

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** How deep a schema is followed that refers to itself. */
const DEEPEST = 16;

/** What a reference within the schema points to. */
function resolved(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref !== "string") return schema;
  const path = schema.$ref.split("/").slice(1);
  return objectOf(path.reduce<unknown>((at, name) => objectOf(at)[name], root));
}

/** A text as long as it must be and no longer than it may. */
function textFor({ minLength = 0, maxLength = Number.MAX_SAFE_INTEGER }: Schema, text: string): string {
  return text.padEnd(Number(minLength), ".").slice(0, Number(maxLength));
}

/** The smallest value that fits a JSON Schema, its strings taken from a text. A `pattern` or a `format` it cannot meet. */
export function smallest(given: Schema, text: string, root: Schema = given, depth = 0): unknown {
  const schema = resolved(given, root);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [choice] = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (choice) return smallest(objectOf(choice), text, root, depth + 1);
  const all = listOf(schema.allOf).map((part) => resolved(objectOf(part), root));
  const whole: Schema = Object.assign({}, schema, ...all);
  const [type] = Array.isArray(whole.type) ? whole.type : [whole.type];
  if (type === "string") return textFor(whole, text);
  if (type === "number" || type === "integer") return Math.max(0, Math.ceil(Number(whole.minimum ?? 0)));
  if (type === "boolean") return false;
  if (type === "null" || depth > DEEPEST) return null;
  if (type === "array") {
    return Array.from({ length: Math.min(Number(whole.minItems ?? 0), 100) }, () =>
      smallest(objectOf(whole.items), text, root, depth + 1),
    );
  }
  const properties = objectOf(whole.properties);
  const required = listOf(whole.required).map(String);
  return Object.fromEntries(
    required.map((name) => [name, smallest(objectOf(properties[name]), text, root, depth + 1)]),
  );
}

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
  return { name: best.tool.name, arguments: smallest({ ...best.tool.parameters }, last.content) };
}
