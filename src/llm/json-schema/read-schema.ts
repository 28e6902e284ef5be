/** Parses a client's JSON Schema (drafts 7 to 2020-12, and `nullable` of OpenAPI 3.0) into typed schemas. */
import type { Fields } from "../json";
import { Canonical } from "./canonical";
import { Pattern } from "./pattern";
import { References } from "./references";
import { isSchema, SchemaFields, type Unread } from "./schema-fields";
import type { Schema } from "./schema-node";
import { problemAt } from "./schema-problem";
import { VISIT, type Work } from "./work";

const TYPES = ["string", "number", "integer", "boolean", "null", "array", "object"];

export interface ReadSchema {
  root: Schema;
  all: readonly Schema[];
  /** True if any schema has `unevaluatedProperties` or `unevaluatedItems`. */
  hasUnevaluated: boolean;
}

/** A schema object and the base of its references. */
interface Found {
  fields: SchemaFields;
  schema: Schema;
  base: string;
}

/**
 * Reads a schema and all schemas that it refers to.
 * @throws {SchemaProblem} if it cannot be checked
 * @throws {WorkExceeded}
 */
export function readSchema(json: unknown, work: Work): ReadSchema {
  if (!isSchema(json)) throw problemAt("#", "must be a schema");
  return new SchemaReader(json, work).read();
}

/** Reads schemas from a queue: nesting and circles use no stack. */
class SchemaReader {
  readonly #json: Fields | boolean;
  readonly #work: Work;
  readonly #references: References;
  readonly #canonical: Canonical;
  readonly #patterns = new Map<string, Pattern>();
  readonly #known = new Map<Fields, Schema>();
  readonly #found: Found[] = [];
  #hasUnevaluated = false;

  constructor(json: Fields | boolean, work: Work) {
    this.#json = json;
    this.#work = work;
    this.#references = new References(json, work);
    this.#canonical = new Canonical(work);
  }

  read(): ReadSchema {
    const root = this.#schema({ json: this.#json, place: "#" });
    // Collects all names before following references. A reference may point to a place that no keyword reaches.
    let filled = 0;
    let referred = 0;
    for (;;) {
      const unfilled = this.#found[filled];
      const next = unfilled ?? this.#found[referred];
      if (!next) break;
      if (unfilled) {
        this.#fill(next);
        filled += 1;
      } else {
        this.#refer(next);
        referred += 1;
      }
    }
    return { root, all: this.#found.map(({ schema }) => schema), hasUnevaluated: this.#hasUnevaluated };
  }

  #schema({ json, place }: Unread, outer?: string): Schema {
    this.#work.spend(VISIT);
    if (typeof json === "boolean") return { place, never: !json, all: [] };
    const known = this.#known.get(json);
    if (known) return known;
    const schema: Schema = { place, all: [] };
    const base = this.#references.add(json, outer);
    this.#known.set(json, schema);
    this.#found.push({ fields: new SchemaFields(json, place), schema, base });
    return schema;
  }

  #fill({ fields, schema, base }: Found): void {
    const one = (name: string) => {
      const part = fields.one(name);
      return part && this.#schema(part, base);
    };
    const list = (name: string) => fields.list(name).map((part) => this.#schema(part, base));
    const map = (name: string) => fields.map(name).map(([key, part]) => [key, this.#schema(part, base)] as const);

    for (const name of Object.keys(fields.json)) {
      this.#work.spend(1);
      if (fields.json[name] === null && name !== "const") continue;
      switch (name) {
        case "type":
          schema.types = this.#types(fields);
          break;
        case "enum":
          schema.enum = new Set(fields.values(name).map((value) => this.#canonical.of(value)));
          break;
        case "const":
          schema.const = this.#canonical.of(fields.json.const);
          break;
        case "allOf":
          for (const part of list(name)) schema.all.push(part);
          break;
        case "anyOf":
        case "oneOf":
        case "prefixItems":
          schema[name] = list(name);
          break;
        case "not":
        case "if":
        case "then":
        case "else":
        case "contains":
        case "additionalProperties":
        case "propertyNames":
          schema[name] = one(name);
          break;
        case "unevaluatedItems":
        case "unevaluatedProperties":
          schema[name] = one(name);
          this.#hasUnevaluated = true;
          break;
        case "items":
          if (Array.isArray(fields.json.items)) schema.prefixItems = list(name);
          else schema.items = one(name);
          break;
        case "additionalItems":
          if (Array.isArray(fields.json.items)) schema.items = one(name);
          break;
        case "minimum":
        case "maximum":
          schema[name] = fields.number(name);
          break;
        case "exclusiveMinimum":
        case "exclusiveMaximum":
          schema[name] = typeof fields.json[name] === "boolean" ? fields.flag(name) : fields.number(name);
          break;
        case "multipleOf":
          schema.multipleOf = fields.number(name);
          if (!(Number(schema.multipleOf) > 0)) throw fields.problem(name, "must be more than 0");
          break;
        case "minLength":
        case "maxLength":
        case "minContains":
        case "maxContains":
        case "minItems":
        case "maxItems":
        case "minProperties":
        case "maxProperties":
          schema[name] = fields.count(name);
          break;
        case "pattern":
          schema.pattern = this.#pattern(fields, name, fields.text(name) ?? "");
          break;
        case "format":
          schema.format = fields.text(name);
          break;
        case "uniqueItems":
          schema.uniqueItems = fields.flag(name);
          break;
        case "properties":
          schema.properties = new Map(map(name));
          break;
        case "patternProperties":
          schema.patternProperties = map(name).map(([source, part]) => [
            this.#pattern(fields, `${name}/${source}`, source),
            part,
          ]);
          break;
        case "required":
          schema.required = fields.texts(name);
          break;
        case "dependentSchemas":
        case "dependentRequired":
        case "dependencies":
          this.#dependent(name, fields, schema, base);
          break;
        case "$defs":
        case "definitions":
          // Reads unused definitions too, to report mistakes in them.
          map(name);
          break;
        case "$id":
        case "$anchor":
        case "$dynamicAnchor":
          fields.text(name);
      }
    }
  }

  /** Adds the targets of a schema's references. */
  #refer({ fields, schema, base }: Found): void {
    // Within one document, a dynamic reference has only one possible target.
    for (const name of ["$ref", "$dynamicRef", "$recursiveRef"]) {
      const reference = fields.text(name);
      if (reference === undefined) continue;
      const target = this.#references.find(reference, base);
      if (!target) throw fields.problem(name, "leads out of the schema, or to nothing in it");
      const { json } = target;
      if (!isSchema(json)) throw fields.problem(name, "leads to no schema");
      schema.all.push(this.#schema({ json, place: reference }, target.base));
    }
  }

  #types(fields: SchemaFields): string[] | undefined {
    const { type, nullable } = fields.json;
    const types = typeof type === "string" ? [type] : fields.texts("type");
    if (!types?.every((name) => TYPES.includes(name))) throw fields.problem("type", `must be of ${TYPES.join(", ")}`);
    return nullable === true ? [...types, "null"] : types;
  }

  #pattern(fields: SchemaFields, name: string, source: string): Pattern {
    const pattern = this.#patterns.get(source) ?? Pattern.read(source, this.#work);
    if (!pattern) throw fields.problem(name, "is no regular expression of ECMAScript");
    this.#patterns.set(source, pattern);
    return pattern;
  }

  /** Reads the requirements of a property's presence: other properties or a schema. `dependencies` allows both. */
  #dependent(keyword: string, fields: SchemaFields, schema: Schema, base: string): void {
    schema.dependentRequired ??= new Map();
    schema.dependentSchemas ??= new Map();
    for (const [name, needs] of fields.entries(keyword)) {
      if (keyword === "dependentRequired" || (keyword === "dependencies" && Array.isArray(needs))) {
        const names = new SchemaFields({ [name]: needs }, `${fields.place}/${keyword}`).texts(name) ?? [];
        schema.dependentRequired.set(name, names);
      } else schema.dependentSchemas.set(name, this.#schema(fields.unread(needs, `${keyword}/${name}`), base));
    }
  }
}
