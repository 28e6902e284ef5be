/** Thrown if a client's schema cannot be checked. The two entry points catch it. */
export class SchemaProblem extends Error {}

/** @param place the place in the schema, for example `#/properties/name/pattern` */
export const problemAt = (place: string, problem: string): SchemaProblem =>
  new SchemaProblem(`${place.length > 200 ? `${place.slice(0, 200)}…` : place} ${problem}`);
