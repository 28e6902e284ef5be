/** Thrown where a client's schema cannot be checked; the entry points catch it. */
export class SchemaProblem extends Error {
  override readonly name = "SchemaProblem";

  /** @param place where in the schema, as `#/properties/name/pattern` */
  constructor(place: string, problem: string) {
    super(`${place.length > 200 ? `${place.slice(0, 200)}…` : place} ${problem}`);
  }
}
