/** Checks a client's JSON Schema before a model is asked for a matching value. */
import { readSchema } from "./read-schema";
import { refuseLoops } from "./reference-loops";
import { SchemaProblem } from "./schema-problem";
import type { Work } from "./work";

/**
 * Returns the place and description of a problem in a schema; undefined if `matches` supports the schema. Problems are
 * keywords of a wrong type, references without a target in the schema, circular references without a property or item
 * between them, and invalid patterns.
 * @param work the shared budget for all schemas of a request
 */
export function checkSchema(schema: unknown, work: Work): string | undefined {
  try {
    const { all } = readSchema(schema, work);
    refuseLoops(all, work);
    return undefined;
  } catch (error) {
    if (error instanceof SchemaProblem) return error.message;
    throw error;
  }
}
