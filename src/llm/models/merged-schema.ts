/** Merges a schema with its references and its `allOf` into one object of keywords. */
import { type Fields, fieldsOf, isObject } from "../json";

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Chooses one of several schemas. */
export type Choose = (options: unknown[]) => unknown;

/** Steps that are left. References can double the schemas at each level, so one budget counts all of them. */
export interface MergeBudget {
  left: number;
}

/** Values and names that cost as much as one schema. */
const ENTRIES_PER_STEP = 16;
/** Maximum levels of references and `allOf`. */
const MAX_LEVELS = 64;

/** Returns the merged form of a schema within a root. Includes only the chosen alternatives. */
export function mergedSchema(
  root: Fields,
  schema: unknown,
  choose: Choose,
  budget: MergeBudget,
  levels = MAX_LEVELS,
): Fields {
  const { $ref, allOf, anyOf, oneOf, if: condition, then: yes, else: no, ...own } = fieldsOf(schema);
  budget.left -= 1 + entriesOf(own) / ENTRIES_PER_STEP;
  if (levels === 0 || budget.left < 0) return {};
  const parts = [...listOf(allOf)];
  if (typeof $ref === "string") parts.push(targetOf(root, $ref));
  for (const options of [anyOf, oneOf].map(listOf)) if (options.length > 0) parts.push(choose(options));
  if (condition !== undefined) parts.push(choose([{ allOf: [condition, yes ?? {}] }, no ?? {}]));
  return parts.map((part) => mergedSchema(root, part, choose, budget, levels - 1)).reduce(both, own);
}

const entriesOf = ({ enum: values, required, properties }: Fields): number =>
  listOf(values).length + listOf(required).length + Object.keys(fieldsOf(properties)).length;

function targetOf(root: Fields, reference: string): unknown {
  const path = decodeURIComponent(reference.slice(1)).split("/").slice(1);
  return path
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, name) => (Array.isArray(at) ? at[Number(name)] : fieldsOf(at)[name]), root);
}

const typesOf = (type: unknown): unknown[] => (Array.isArray(type) ? type : [type]);

function sharedValues(a: unknown[], b: unknown[]): unknown[] {
  const allowed = new Set(b.map((value) => JSON.stringify(value)));
  return a.filter((value) => allowed.has(JSON.stringify(value)));
}

/** Combines two schemas' values of one keyword. */
function combined(keyword: string, a: unknown, b: unknown): unknown {
  switch (keyword) {
    case "type": {
      const types = typesOf(a).filter((type) => typesOf(b).includes(type));
      const isInteger = [a, b].some((type) => typesOf(type).includes("integer"));
      return types.length > 0 ? types : isInteger ? "integer" : a;
    }
    case "enum":
      return sharedValues(listOf(a), listOf(b));
    case "required":
      return [...new Set([...listOf(a), ...listOf(b)])];
    case "properties":
    case "patternProperties":
    case "dependentRequired": {
      const [first, second] = [fieldsOf(a), fieldsOf(b)];
      const shared = Object.keys(first).filter((name) => name in second);
      const merged = shared.map((name) => [name, { allOf: [first[name], second[name]] }]);
      return { ...first, ...second, ...Object.fromEntries(merged) };
    }
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
    case "minItems":
    case "minProperties":
      return Math.max(Number(a), Number(b));
    case "maximum":
    case "exclusiveMaximum":
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return Math.min(Number(a), Number(b));
    case "multipleOf":
      return Number(a) % Number(b) === 0 ? a : Number(b) % Number(a) === 0 ? b : Number(a) * Number(b);
    default:
      return isObject(a) && isObject(b) ? { allOf: [a, b] } : a;
  }
}

function both(a: Fields, b: Fields): Fields {
  const shared = Object.keys(b).filter((keyword) => keyword in a);
  return {
    ...a,
    ...b,
    ...Object.fromEntries(shared.map((keyword) => [keyword, combined(keyword, a[keyword], b[keyword])])),
  };
}
