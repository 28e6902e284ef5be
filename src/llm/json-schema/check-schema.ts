/** Checks a client's JSON Schema before a model is asked for what matches it. */
import { readSchema } from "./read-schema";
import { refuseLoops } from "./reference-loops";
import { SchemaProblem } from "./schema-problem";
import { type Work, WorkExceeded } from "./work";

/**
 * Returns the place of a problem in a schema and its description; undefined if `matches` can check the schema. Problems
 * are wrong types of keywords, references to nothing or out of the schema, references in a circle without a property or
 * item between, and invalid patterns.
 * @param work the budget of all schemas of a request
 */
export function checkSchema(schema: unknown, work: Work): string | undefined {
  try {
    const { all } = readSchema(schema, work);
    refuseLoops(all, work);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaProblem) return error.message;
    if (error instanceof WorkExceeded) return "is too large to be checked";
    throw error;
  }
}
