/**
 * The English error texts of zod's schemas. `zod/mini` has none of its own: all errors would be "Invalid input". The
 * texts are those of `zod/v4/locales/en`, without those of schemas that are not used here. Only an empty text or list has
 * plainer words: people meet this error in the page and in the command.
 */
import type { core } from "zod/mini";

const UNITS: Record<string, string> = { string: "characters", array: "items" };

/** Returns the text of an error. */
export function errorText(issue: core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `Invalid input: expected ${issue.expected}, received ${typeName(issue.input)}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `Invalid input: expected ${quoted(issue.values, "")}`
        : `Invalid option: expected one of ${quoted(issue.values, "|")}`;
    case "too_big":
      return `Too big: expected ${limit(issue.origin, `<=${issue.maximum}`)}`;
    case "too_small":
      return issue.origin in UNITS && issue.minimum === 1
        ? "must not be empty"
        : `Too small: expected ${limit(issue.origin, `>=${issue.minimum}`)}`;
    case "unrecognized_keys":
      return `Unrecognized key${issue.keys.length > 1 ? "s" : ""}: ${quoted(issue.keys, ", ")}`;
    default:
      return "Invalid input";
  }
}

const quoted = (values: readonly unknown[], separator: string) =>
  values.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join(separator);

/** Returns the type of a value of JSON, and of a number that a query contains as text. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : typeof value;
}

const limit = (origin: string, range: string) =>
  origin in UNITS ? `${origin} to have ${range} ${UNITS[origin]}` : `${origin} to be ${range}`;
