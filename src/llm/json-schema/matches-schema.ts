/** Checks a model's answer against the JSON Schema of a client. */
import { Evaluation } from "./evaluation";
import { readSchema } from "./read-schema";
import { SchemaProblem } from "./schema-problem";
import { NO } from "./verdict";
import { Work, WorkExceeded } from "./work";

/**
 * Returns whether a value matches a schema that passed `checkSchema`; false if the check would exceed its budget.
 * Does not check lookaround and backreferences of patterns: parts of the schema that depend on them match.
 */
export function matches(schema: unknown, value: unknown): boolean {
  try {
    // Reading has a separate budget. Otherwise a schema that needs all of it could never match a value.
    const read = readSchema(schema, new Work());
    return new Evaluation(read, new Work()).of(value) !== NO;
  } catch (error) {
    if (error instanceof SchemaProblem || error instanceof WorkExceeded) return false;
    throw error;
  }
}
