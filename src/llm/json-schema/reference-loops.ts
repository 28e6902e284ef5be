/** Refuses schemas that could not be evaluated at any value: in circles, or too deep. */
import { inPlace, type Schema } from "./schema-node";
import { SchemaProblem } from "./schema-problem";
import { VISIT, type Work } from "./work";

/** Schemas that apply one another to the same value, by references, `allOf` and the like. */
const MAX_CHAIN = 150;

/**
 * Walks from each schema to those that it applies to the same value, without recursion and to each once.
 * @throws {SchemaProblem} for a circle, which would never come to an end, and for a chain of more than 150
 */
export function refuseLoops(schemas: readonly Schema[], work: Work): void {
  /** How many schemas the longest chain from a schema has; 0 while the walk is below it. */
  const chains = new Map<Schema, number>();
  for (const start of schemas) {
    const path = chains.has(start) ? [] : [{ schema: start, parts: inPlace(start), longest: 0 }];
    chains.set(start, chains.get(start) ?? 0);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      work.spend(VISIT / 4);
      const part = top.parts.pop();
      const known = part && chains.get(part);
      if (known === 0)
        throw new SchemaProblem(top.schema.place, "leads back to itself without a property or item between");
      if (known !== undefined) top.longest = Math.max(top.longest, known);
      else if (part) {
        chains.set(part, 0);
        path.push({ schema: part, parts: inPlace(part), longest: 0 });
      } else {
        path.pop();
        const length = top.longest + 1;
        if (length > MAX_CHAIN)
          throw new SchemaProblem(top.schema.place, `begins more than ${MAX_CHAIN} schemas in a chain`);
        chains.set(top.schema, length);
        const outer = path.at(-1);
        if (outer) outer.longest = Math.max(outer.longest, length);
      }
    }
  }
}
