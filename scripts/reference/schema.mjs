// Writes JSON Schemas as lists of fields: name, type, limits and description.
import { code, escaped, linkTo } from "./text.mjs";

/** Larger limits are those of JavaScript's integers, and say nothing. */
const MOST = Number.MAX_SAFE_INTEGER;
const number = (value) => (value >= 10_000 ? value.toLocaleString("en-US") : String(value));

export const schemaId = (name) => `schema-${name}`;
const nameOf = (ref) => ref.split("/").at(-1);

/** Returns a range as words, for example `1 to 128 characters`; empty without limits. */
function rangeOf(least, most, unit = "") {
  const [from, to] = [least > 0 || unit === "" ? least : undefined, most < MOST ? most : undefined];
  const words =
    from !== undefined && to !== undefined
      ? `${number(from)} to ${number(to)}`
      : to !== undefined
        ? `up to ${number(to)}`
        : from !== undefined
          ? `${number(from)} or more`
          : "";
  return words && `${words} ${unit}`.trim();
}

/** Returns the limits of a value as HTML. */
function limitsOf(schema) {
  return [
    rangeOf(schema.minLength, schema.maxLength, "characters"),
    rangeOf(schema.minItems, schema.maxItems, "items"),
    rangeOf(schema.minimum, schema.maximum),
    schema.pattern === undefined ? "" : code(schema.pattern),
    schema.format === undefined || schema.pattern !== undefined ? "" : escaped(schema.format),
    schema.default === undefined ? "" : `default ${code(JSON.stringify(schema.default))}`,
  ].filter((limit) => limit !== "");
}

/** Returns the type of a value as HTML. */
function typeOf(schema) {
  if (schema.$ref) return linkTo(schemaId(nameOf(schema.$ref)), escaped(nameOf(schema.$ref)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" or ");
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(" or ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "any values"}`;
  return escaped([schema.type ?? "any value"].flat().join(" or "));
}

/** Returns the schemas with fields within a value: those of an object, of a list's items, or of each choice. */
function partsOf(schema) {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return choices.flatMap(partsOf);
  if (schema.type === "array" && schema.items) return partsOf(schema.items);
  return schema.properties && Object.keys(schema.properties).length > 0 ? [schema] : [];
}

/**
 * Returns a writer of schemas. `describe` writes descriptions, and `linked` receives the names of the schemas that the
 * lists link to.
 */
export function schemaWriter(describe, linked) {
  const note = (schema) => {
    for (const [, name] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) linked.add(name);
  };
  const field = (name, schema, isRequired) => {
    const words = [typeOf(schema), ...limitsOf(schema), ...(isRequired ? ["<strong>required</strong>"] : [])];
    const parts = partsOf(schema);
    const inside = parts.map((part) => fields(part)).join("<p>or</p>");
    return `<dt>${code(name)} <span class="type">${words.join(", ")}</span></dt><dd>${describe(schema.description)}${
      inside && `<details><summary>Fields of ${code(name)}</summary>${inside}</details>`
    }</dd>`;
  };
  const fields = ({ properties, required = [] }) =>
    `<dl>${Object.entries(properties)
      .map(([name, schema]) => field(name, schema, required.includes(name)))
      .join("")}</dl>`;
  /** Returns the fields of a value; for a value without fields, its type and description. */
  const schema = (value) => {
    note(value);
    const parts = partsOf(value);
    if (parts.length > 0) return parts.map(fields).join("<p>or</p>");
    const words = [typeOf(value), ...limitsOf(value)].join(", ");
    return `<p><span class="type">${words}</span> ${describe(value.description)}</p>`;
  };
  return { field, schema };
}
