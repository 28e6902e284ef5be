/** Checks a model's answer against the JSON Schema of a client. */
import { Evaluation } from "./evaluation";
import { readSchema } from "./read-schema";
import { SchemaProblem } from "./schema-problem";
import { NO } from "./verdict";
import { Work, WorkExceeded } from "./work";

/**
 * Whether a value matches a schema in which `checkSchema` found no problem. False if that would cost more than the budget.
 * Lookaround and backreferences of patterns are not checked: a part of the schema that depends on them matches.
 */
export function matches(schema: unknown, value: unknown): boolean {
  try {
    // Reading has a budget of its own, or a schema that used its budget up at the request would have no answer.
    const read = readSchema(schema, new Work());
    return new Evaluation(read, new Work()).of(value) !== NO;
  } catch (error) {
    if (error instanceof SchemaProblem || error instanceof WorkExceeded) return false;
    throw error;
  }
}
