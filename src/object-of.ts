/** Looks up objects by name, where the settings place them. */

/** The settings for the place of objects. Empty or absent: Cloudflare chooses. */
export interface Placement {
  JURISDICTION?: DurableObjectJurisdiction | "";
  LOCATION_HINT?: DurableObjectLocationHint | "";
}

/** A namespace of objects; a `DurableObjectNamespace`, without the types that RPC adds. */
export interface Namespace<Stub> {
  getByName(name: string, options?: DurableObjectNamespaceGetDurableObjectOptions): Stub;
  jurisdiction(jurisdiction: DurableObjectJurisdiction): Pick<Namespace<Stub>, "getByName">;
}

/** The runtime does not support `JURISDICTION`. The operator has to correct the setting. */
export class JurisdictionError extends Error {
  override readonly name = "JurisdictionError";
}

/**
 * Returns the object with a name. In another jurisdiction, the same name is another object.
 * @throws {JurisdictionError} in a local workerd, which has no jurisdictions
 */
export function objectOf<Stub>(
  namespace: Namespace<Stub>,
  name: string,
  { JURISDICTION, LOCATION_HINT }: Placement,
): Stub {
  // The hint counts for the first call of an object only; Cloudflare ignores it later.
  const options = LOCATION_HINT ? { locationHint: LOCATION_HINT } : {};
  return (JURISDICTION ? within(namespace, JURISDICTION) : namespace).getByName(name, options);
}

function within<Stub>(namespace: Namespace<Stub>, jurisdiction: DurableObjectJurisdiction) {
  try {
    return namespace.jurisdiction(jurisdiction);
  } catch (error) {
    throw new JurisdictionError(`JURISDICTION: this server has no jurisdictions. Unset it. ${String(error)}`);
  }
}
