/** Thrown if a client's schema cannot be checked. The entry points catch it. */
export class SchemaProblem extends Error {
  override readonly name = "SchemaProblem";

  /** @param place the place in the schema, for example `#/properties/name/pattern` */
  constructor(place: string, problem: string) {
    super(`${place.length > 200 ? `${place.slice(0, 200)}…` : place} ${problem}`);
  }
}
