/** Checks a model's reply against the JSON Schemas of a client. */
import { parsed } from "../json";
import { Evaluation } from "./evaluation";
import { type ReadSchema, readSchema } from "./read-schema";
import { SchemaProblem } from "./schema-problem";
import { NO } from "./verdict";
import { Work } from "./work";

/** Checks the values of one reply. They share one budget, so many calls cost no more than one. */
export class Matcher {
  // Reading has a separate budget. Otherwise a schema that needs all of it could never match a value.
  readonly #reading = new Work();
  readonly #checking = new Work();
  readonly #read = new Map<string, ReadSchema>();

  /**
   * Returns whether a value matches a schema that passed `checkSchema`; false if the check would exceed its budget.
   * Does not check lookaround and backreferences of patterns: parts of the schema that depend on them match.
   * @param schema the schema as JSON
   */
  matches(schema: string, value: unknown): boolean {
    try {
      const read = this.#read.get(schema) ?? readSchema(parsed(schema), this.#reading);
      this.#read.set(schema, read);
      return new Evaluation(read, this.#checking).of(value) !== NO;
    } catch (error) {
      if (error instanceof SchemaProblem) return false;
      throw error;
    }
  }
}

/** Checks one value with a {@link Matcher} of its own. */
export const matches = (schema: unknown, value: unknown): boolean =>
  new Matcher().matches(JSON.stringify(schema), value);
