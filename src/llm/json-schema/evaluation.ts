/** Evaluates a parsed schema at a value. */
import { type Fields, isObject } from "../json";
import { Canonical } from "./canonical";
import { hasFormat } from "./formats";
import type { ReadSchema } from "./read-schema";
import type { Schema } from "./schema-node";
import { NO, not, UNSURE, type Verdict, YES } from "./verdict";
import { VISIT, type Work, WorkExceeded } from "./work";

/** Maximum nesting of visits: each needs three stack frames. A deeper value does not match. */
const MAX_DEPTH = 400;

/** Names of properties and indexes of items that a schema has evaluated. */
type Evaluated = Set<string | number>;

interface Outcome {
  verdict: Verdict;
  /** Undefined if the schema has no `unevaluated…`. */
  evaluated: Evaluated | undefined;
}

export class Evaluation {
  readonly #schema: ReadSchema;
  readonly #work: Work;
  readonly #canonical: Canonical;
  /** Outcomes by schema and value: a schema with many references to it is visited once per value. */
  readonly #known = new Map<Schema, Map<unknown, Outcome>>();
  readonly #entries = new Map<Fields, [string, unknown][]>();
  #depth = 0;

  constructor(schema: ReadSchema, work: Work) {
    this.#schema = schema;
    this.#work = work;
    this.#canonical = new Canonical(work);
  }

  /** @throws {WorkExceeded} */
  of(value: unknown): Verdict {
    return this.#visit(this.#schema.root, value);
  }

  /** @param into receives the parts that the schema evaluated, if the value matches */
  #visit(schema: Schema, value: unknown, into?: Evaluated): Verdict {
    this.#work.spend(VISIT);
    const known = this.#known.get(schema) ?? new Map<unknown, Outcome>();
    this.#known.set(schema, known);
    let outcome = known.get(value);
    if (!outcome) {
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) throw new WorkExceeded();
      const evaluated: Evaluated | undefined = this.#schema.hasUnevaluated ? new Set() : undefined;
      outcome = { verdict: this.#evaluate(schema, value, evaluated), evaluated };
      this.#depth -= 1;
      known.set(value, outcome);
    }
    if (into && outcome.verdict > NO) {
      this.#work.spend(outcome.evaluated?.size ?? 0);
      for (const part of outcome.evaluated ?? []) into.add(part);
    }
    return outcome.verdict;
  }

  #evaluate(schema: Schema, value: unknown, evaluated: Evaluated | undefined): Verdict {
    if (schema.never || (schema.types && !schema.types.some((type) => isOfType(value, type)))) return NO;
    if (schema.const !== undefined && schema.const !== this.#canonical.of(value)) return NO;
    if (schema.enum && !schema.enum.has(this.#canonical.of(value))) return NO;
    const verdict = this.#inPlace(schema, value, evaluated);
    if (verdict === NO) return NO;
    if (typeof value === "string") return Math.min(verdict, this.#text(schema, value));
    if (typeof value === "number") return isInRange(schema, value) ? verdict : NO;
    if (Array.isArray(value)) return Math.min(verdict, this.#array(schema, value, evaluated));
    return isObject(value) ? Math.min(verdict, this.#object(schema, value, evaluated)) : verdict;
  }

  #inPlace(schema: Schema, value: unknown, evaluated: Evaluated | undefined): Verdict {
    let verdict = YES;
    for (const part of schema.all) {
      verdict = Math.min(verdict, this.#visit(part, value, evaluated));
      if (verdict === NO) return NO;
    }
    if (schema.anyOf) {
      let any = NO;
      for (const part of schema.anyOf) {
        any = Math.max(any, this.#visit(part, value, evaluated));
        // Checks all branches if `evaluated` is needed: each matching branch may add to it.
        if (any === YES && !evaluated) break;
      }
      verdict = Math.min(verdict, any);
    }
    if (schema.oneOf) {
      const verdicts = schema.oneOf.map((part) => this.#visit(part, value, evaluated));
      verdict = Math.min(verdict, between(verdicts, 1, 1));
    }
    if (schema.not) verdict = Math.min(verdict, not(this.#visit(schema.not, value)));
    if (schema.if) {
      const condition = this.#visit(schema.if, value, evaluated);
      if (schema.then && condition > NO) {
        verdict = Math.min(verdict, Math.max(not(condition), this.#visit(schema.then, value, evaluated)));
      }
      if (schema.else && condition < YES) {
        verdict = Math.min(verdict, Math.max(condition, this.#visit(schema.else, value, evaluated)));
      }
    }
    return verdict;
  }

  #text(schema: Schema, text: string): Verdict {
    const { minLength = 0, maxLength = Infinity, format } = schema;
    // A character is one or two UTF-16 units of a string.
    if (text.length < minLength || text.length > 2 * maxLength) return NO;
    if (text.length < 2 * minLength || text.length > maxLength) {
      this.#work.spend(text.length);
      let length = 0;
      for (const _ of text) length += 1;
      if (length < minLength || length > maxLength) return NO;
    }
    if (format !== undefined) {
      this.#work.spend(text.length);
      if (!hasFormat(text, format)) return NO;
    }
    return schema.pattern?.test(text, this.#work) ?? YES;
  }

  #array(schema: Schema, items: unknown[], evaluated: Evaluated | undefined): Verdict {
    const { prefixItems = [], contains, minContains = 1, maxContains = Infinity, unevaluatedItems } = schema;
    if (items.length < (schema.minItems ?? 0) || items.length > (schema.maxItems ?? Infinity)) return NO;
    if (schema.uniqueItems && new Set(items.map((item) => this.#canonical.of(item))).size < items.length) return NO;
    let verdict = YES;
    const applied = schema.items ? items.length : Math.min(items.length, prefixItems.length);
    for (let at = 0; at < applied; at += 1) {
      const part = prefixItems[at] ?? schema.items;
      if (part) verdict = Math.min(verdict, this.#visit(part, items[at]));
      if (verdict === NO) return NO;
      evaluated?.add(at);
    }
    if (contains) {
      const verdicts = items.map((item) => this.#visit(contains, item));
      verdict = Math.min(verdict, between(verdicts, minContains, maxContains));
      if (evaluated) for (const [at, found] of verdicts.entries()) if (found > NO) evaluated.add(at);
    }
    if (unevaluatedItems) {
      for (const [at, item] of items.entries()) {
        if (verdict === NO || evaluated?.has(at)) continue;
        verdict = Math.min(verdict, this.#visit(unevaluatedItems, item));
        evaluated?.add(at);
      }
    }
    return verdict;
  }

  #object(schema: Schema, fields: Fields, evaluated: Evaluated | undefined): Verdict {
    const { properties, patternProperties = [], additionalProperties, propertyNames, unevaluatedProperties } = schema;
    const entries = this.#entriesOf(fields);
    if (entries.length < (schema.minProperties ?? 0) || entries.length > (schema.maxProperties ?? Infinity)) return NO;
    if (!this.#hasAll(fields, schema.required)) return NO;
    let verdict = YES;
    for (const [name, needs] of schema.dependentRequired ?? []) {
      if (this.#hasAll(fields, [name]) && !this.#hasAll(fields, needs)) return NO;
    }
    for (const [name, part] of schema.dependentSchemas ?? []) {
      if (this.#hasAll(fields, [name])) verdict = Math.min(verdict, this.#visit(part, fields, evaluated));
    }
    const applies = properties || patternProperties.length > 0 || additionalProperties || propertyNames;
    if (applies) this.#work.spend(2 * entries.length);
    for (const [name, value] of applies ? entries : []) {
      if (propertyNames) verdict = Math.min(verdict, this.#visit(propertyNames, name));
      const own = properties?.get(name);
      let matched = own ? YES : NO;
      if (own) verdict = Math.min(verdict, this.#visit(own, value));
      for (const [pattern, part] of patternProperties) {
        const match = pattern.test(name, this.#work);
        if (match > NO) verdict = Math.min(verdict, Math.max(not(match), this.#visit(part, value)));
        matched = Math.max(matched, match);
      }
      if (additionalProperties && matched < YES) {
        verdict = Math.min(verdict, Math.max(matched, this.#visit(additionalProperties, value)));
      }
      if (verdict === NO) return NO;
      if (additionalProperties || matched > NO) evaluated?.add(name);
    }
    if (unevaluatedProperties) {
      for (const [name, value] of entries) {
        if (verdict === NO || evaluated?.has(name)) continue;
        verdict = Math.min(verdict, this.#visit(unevaluatedProperties, value));
        evaluated?.add(name);
      }
    }
    return verdict;
  }

  /** Returns the properties of an object, listed only once per object. */
  #entriesOf(fields: Fields): [string, unknown][] {
    const known = this.#entries.get(fields);
    if (known) return known;
    const entries = Object.entries(fields);
    this.#work.spend(8 * entries.length);
    this.#entries.set(fields, entries);
    return entries;
  }

  #hasAll(fields: Fields, names: string[] = []): boolean {
    this.#work.spend(2 * names.length);
    return names.every((name) => Object.hasOwn(fields, name));
  }
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isInRange(schema: Schema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (value < minimum || value > maximum) return false;
  if (exclusiveMinimum !== undefined && value <= limitOf(exclusiveMinimum, minimum, -Infinity)) return false;
  if (exclusiveMaximum !== undefined && value >= limitOf(exclusiveMaximum, maximum, Infinity)) return false;
  if (multipleOf === undefined || value % multipleOf === 0) return true;
  // Tolerates rounding of both numbers and of the quotient: 19.99 / 0.01 is 1998.9999999999998.
  const quotient = value / multipleOf;
  if (Number.isInteger(value) && Number.isInteger(multipleOf)) return false;
  return Math.abs(Math.round(quotient) - quotient) <= Math.abs(quotient) * 2 ** -51;
}

/** Returns the value of an exclusive limit; `none` if its flag is off. */
const limitOf = (exclusive: number | boolean, inclusive: number, none: number): number =>
  typeof exclusive === "number" ? exclusive : exclusive ? inclusive : none;

/** Returns whether the number of matches is between two limits. */
function between(verdicts: Verdict[], min: number, max: number): Verdict {
  const sure = verdicts.filter((verdict) => verdict === YES).length;
  const possible = verdicts.filter((verdict) => verdict > NO).length;
  if (possible < min || sure > max) return NO;
  return sure >= min && possible <= max ? YES : UNSURE;
}
