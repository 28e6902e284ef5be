/** Rejects schemas that cannot be evaluated at any value, because they are circular or too deep. */
import { inPlace, type Schema } from "./schema-node";
import { problemAt } from "./schema-problem";
import { VISIT, type Work } from "./work";

/** Maximum chain of schemas that apply one another to the same value, by references, `allOf` and similar keywords. */
const MAX_CHAIN = 150;

/**
 * Visits all schemas once, following those that apply to the same value, without recursion.
 * @throws {SchemaProblem} for a circle, which would never end, and for a chain of more than 150 schemas
 */
export function refuseLoops(schemas: readonly Schema[], work: Work): void {
  /** The length of the longest chain from a schema; 0 while its chain is being followed. */
  const chains = new Map<Schema, number>();
  for (const start of schemas) {
    const path = chains.has(start) ? [] : [{ schema: start, parts: inPlace(start), longest: 0 }];
    chains.set(start, chains.get(start) ?? 0);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      work.spend(VISIT / 4);
      const part = top.parts.pop();
      const known = part && chains.get(part);
      if (known === 0) throw problemAt(top.schema.place, "leads back to itself without a property or item between");
      if (known !== undefined) top.longest = Math.max(top.longest, known);
      else if (part) {
        chains.set(part, 0);
        path.push({ schema: part, parts: inPlace(part), longest: 0 });
      } else {
        path.pop();
        const length = top.longest + 1;
        if (length > MAX_CHAIN) throw problemAt(top.schema.place, `begins more than ${MAX_CHAIN} schemas in a chain`);
        chains.set(top.schema, length);
        const outer = path.at(-1);
        if (outer) outer.longest = Math.max(outer.longest, length);
      }
    }
  }
}
