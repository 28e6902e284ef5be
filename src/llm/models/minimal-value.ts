/** Makes minimal values that match a JSON Schema, for the stand-in. The validator checks each one. */
import { type Fields, fieldsOf } from "../json";
import { matches } from "../json-schema/matches-schema";
import { type MergeBudget, mergedSchema } from "./merged-schema";
import { textFor } from "./pattern-text";

/** Maximum values to try. Each uses different alternatives of the schema. */
const MAX_TRIES = 48;
/** Maximum values within a value, and levels of them. These limits stop circular schemas. */
const MAX_VALUES = 2_000;
const MAX_LEVELS = 24;
/** Maximum steps of all tries: schemas to merge, and patterns to compare with names. */
const MAX_STEPS = 50_000;
const LONGEST_TEXT = 10_000;

const FORMATS = new Map([
  ["date", "2026-01-01"],
  ["time", "00:00:00Z"],
  ["date-time", "2026-01-01T00:00:00Z"],
  ["duration", "P1D"],
  ["email", "ana@example.com"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uuid", "00000000-0000-4000-8000-000000000000"],
  ["uri", "https://example.com/"],
  ["uri-reference", "/"],
  ["json-pointer", ""],
  ["regex", "a"],
]);

/** Returns the first matching value, or undefined after all tries. @param text the content of strings in it */
export function minimalValue(schema: object, text: string): unknown {
  const root: Fields = { ...schema };
  const tried = new Set<string>();
  const budget = { left: MAX_STEPS };
  for (let attempt = 0; attempt < MAX_TRIES && budget.left > 0; attempt += 1) {
    const maker = new Maker(root, text, attempt, budget);
    const value = maker.make(root, 0, 0);
    const json = JSON.stringify(value);
    if (json === undefined || tried.has(json)) continue;
    tried.add(json);
    if (matches(root, value)) return value;
    // Without alternatives, each try makes the same value.
    if (!maker.hasChosen) return undefined;
  }
  return undefined;
}

const numberIn = (value: unknown) => (typeof value === "number" ? value : undefined);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

class Maker {
  readonly #root: Fields;
  readonly #text: string;
  /** Each choice among alternatives uses up one digit of this number. */
  #attempt: number;
  readonly #budget: MergeBudget;
  #left = MAX_VALUES;
  /** Whether the schema had alternatives. */
  hasChosen = false;

  constructor(root: Fields, text: string, attempt: number, budget: MergeBudget) {
    this.#root = root;
    this.#text = text.slice(0, LONGEST_TEXT);
    this.#attempt = attempt;
    this.#budget = budget;
  }

  /** @param variant a number that makes the values of a list differ */
  make(given: unknown, variant: number, level: number): unknown {
    this.#left -= 1;
    if (this.#left < 0 || level > MAX_LEVELS) return null;
    const schema = mergedSchema(this.#root, given, (options) => this.#choose(options), this.#budget);
    if ("const" in schema) return schema.const;
    const values = listOf(schema.enum);
    if (values.length > 0) return values[(variant + this.#digit(values.length)) % values.length];
    switch (this.#choose(typesOf(schema))) {
      case "string":
        return this.#string(schema, variant);
      case "number":
        return numberFor(schema, variant, numberIn(schema.multipleOf));
      case "integer":
        return numberFor(schema, variant, numberIn(schema.multipleOf) ?? 1);
      case "boolean":
        return variant % 2 === 1;
      case "null":
        return null;
      case "array":
        return this.#array(schema, variant, level);
      default:
        return this.#object(schema, variant, level);
    }
  }

  #digit(base: number): number {
    if (base > 1) this.hasChosen = true;
    const digit = this.#attempt % base;
    this.#attempt = Math.floor(this.#attempt / base);
    return digit;
  }

  #choose<T>(options: T[]): T | undefined {
    return options.length > 1 ? options[this.#digit(options.length)] : options[0];
  }

  #string({ pattern, format, minLength = 0, maxLength }: Fields, variant: number): string {
    const least = Math.min(Number(minLength), LONGEST_TEXT);
    if (typeof pattern === "string") {
      const made = textFor(pattern, variant + this.#digit(3), least);
      if (made !== undefined) return made;
    }
    const fixed = typeof format === "string" ? FORMATS.get(format) : undefined;
    if (fixed !== undefined)
      return variant === 0 ? fixed : fixed.replace(/\d(?=\D*$)|(?<=^[a-z]+)/, String(variant % 10));
    const end = variant === 0 ? "" : String(variant);
    const characters = [...this.#text.padEnd(least - end.length, ".")];
    return characters.slice(0, Math.min(numberIn(maxLength) ?? LONGEST_TEXT, LONGEST_TEXT) - end.length).join("") + end;
  }

  #array(schema: Fields, variant: number, level: number): unknown[] {
    const { items, contains } = schema;
    const step = schema.uniqueItems === true ? 1 : 0;
    const tuple = Array.isArray(items) ? items : listOf(schema.prefixItems);
    const rest = Array.isArray(items) ? schema.additionalItems : items;
    const values = tuple.map((item, at) => this.make(item, variant + at * step, level + 1));
    const contained = contains === undefined ? 0 : (numberIn(schema.minContains) ?? 1);
    for (let count = 0; count < contained && this.#left > 0; count += 1) {
      values.push(this.make({ allOf: [contains, rest ?? {}] }, variant + count * step, level + 1));
    }
    while (values.length < (numberIn(schema.minItems) ?? 0) && this.#left > 0) {
      values.push(this.make(rest ?? {}, variant + values.length * step, level + 1));
    }
    return values.slice(0, numberIn(schema.maxItems));
  }

  #object(schema: Fields, variant: number, level: number): Fields {
    const properties = fieldsOf(schema.properties);
    const values = new Map<string, unknown>();
    const add = (name: string) => {
      if (!values.has(name)) values.set(name, this.make(this.#schemaOf(schema, name), variant, level + 1));
    };
    for (const name of listOf(schema.required)) add(String(name));
    for (const [name, needed] of Object.entries(fieldsOf(schema.dependentRequired))) {
      if (values.has(name)) for (const other of listOf(needed)) add(String(other));
    }
    const least = numberIn(schema.minProperties) ?? 0;
    for (const name of Object.keys(properties)) if (values.size < least) add(name);
    for (let at = 0; values.size < least && at < least * 2 && this.#left > 0; at += 1) add(this.#nameFor(schema, at));
    return Object.fromEntries(values);
  }

  #schemaOf(schema: Fields, name: string): unknown {
    const known = fieldsOf(schema.properties)[name];
    if (known !== undefined) return known;
    const pattern = Object.entries(fieldsOf(schema.patternProperties)).find(([source]) => this.#mayMatch(source, name));
    return pattern?.[1] ?? schema.additionalProperties ?? { type: "string" };
  }

  /** Returns whether a name matches a pattern; false once the budget is used up. */
  #mayMatch(pattern: string, name: string): boolean {
    this.#budget.left -= 1;
    return this.#budget.left > 0 && matches({ type: "string", pattern }, name);
  }

  #nameFor({ patternProperties, propertyNames }: Fields, at: number): string {
    const [pattern] = Object.keys(fieldsOf(patternProperties));
    const made = pattern === undefined ? undefined : textFor(pattern, at, 0);
    if (made !== undefined) return made;
    const name = propertyNames === undefined ? undefined : this.make({ type: "string", allOf: [propertyNames] }, at, 0);
    return typeof name === "string" ? name : `key${at + 1}`;
  }
}

/** Returns the types of a schema. Without `type`, its keywords imply them. */
function typesOf({ type, ...schema }: Fields): unknown[] {
  if (type !== undefined) return Array.isArray(type) ? type : [type];
  const has = (...keywords: string[]) => keywords.some((keyword) => keyword in schema);
  if (has("properties", "required", "minProperties", "patternProperties", "propertyNames")) return ["object"];
  if (has("items", "prefixItems", "contains", "minItems", "uniqueItems")) return ["array"];
  if (has("minLength", "maxLength", "pattern", "format")) return ["string"];
  if (has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) return ["number"];
  return ["object", "string", "array", "number", "boolean", "null"];
}

/** Returns 0 if the schema allows it, else the allowed number nearest to 0. @param step undefined for any number */
function numberFor(schema: Fields, variant: number, step: number | undefined): number {
  const [open, shut] = [numberIn(schema.exclusiveMinimum), numberIn(schema.exclusiveMaximum)];
  const low = Math.max(numberIn(schema.minimum) ?? -Infinity, open ?? -Infinity);
  const high = Math.min(numberIn(schema.maximum) ?? Infinity, shut ?? Infinity);
  const isOutside = (value: number) => value < low || value > high || value === open || value === shut;
  const isPositive = low > 0 || (low > -Infinity && isOutside(0));
  const start = isOutside(0) ? (isPositive ? low : high) : 0;
  const sign = isPositive || start === 0 ? 1 : -1;
  if (step === undefined) {
    const between = high - low < Infinity ? (high - low) / 100 : 1;
    return start + sign * between * (variant + (isOutside(start) ? 1 : 0));
  }
  const first = sign === 1 ? Math.ceil(start / step) : Math.floor(start / step);
  // Rounds away the error of multiplications such as 3 * 0.1.
  const multiple = (at: number) => Number((at * step).toPrecision(15));
  let at = first + sign * (variant + (isOutside(multiple(first)) ? 1 : 0));
  // Skips multiples that validators reject: they divide, and 0.15 / 0.05 is not an integer in floating point.
  for (let tries = 0; tries < 20 && !Number.isInteger(multiple(at) / step); tries += 1) at += sign;
  return multiple(at);
}
