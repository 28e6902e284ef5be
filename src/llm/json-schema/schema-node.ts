/** A parsed JSON Schema: keywords have their types, and references point to their schemas, so cycles are possible. */
import type { Pattern } from "./pattern";

export interface Schema {
  /** The place in the client's schema, for example `#/properties/name`. */
  place: string;
  /** True for the schema `false`, which no value matches. */
  never?: boolean;

  types?: string[] | undefined;
  /** The values of `enum` and `const`, as canonical text. */
  enum?: Set<string> | undefined;
  const?: string;

  /** The targets of `$ref` and `$dynamicRef`, and the schemas of `allOf`. */
  all: Schema[];
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  not?: Schema | undefined;
  if?: Schema | undefined;
  then?: Schema | undefined;
  else?: Schema | undefined;

  minimum?: number | undefined;
  maximum?: number | undefined;
  /** `true` makes `minimum` exclusive, as in OpenAPI 3.0. */
  exclusiveMinimum?: number | boolean | undefined;
  exclusiveMaximum?: number | boolean | undefined;
  multipleOf?: number | undefined;

  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: Pattern;
  format?: string | undefined;

  /** The schemas of the first items, one per item. `items` applies to all others. */
  prefixItems?: Schema[] | undefined;
  items?: Schema | undefined;
  contains?: Schema | undefined;
  minContains?: number | undefined;
  maxContains?: number | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems?: boolean | undefined;
  unevaluatedItems?: Schema | undefined;

  properties?: Map<string, Schema>;
  patternProperties?: [Pattern, Schema][];
  additionalProperties?: Schema | undefined;
  propertyNames?: Schema | undefined;
  required?: string[] | undefined;
  dependentRequired?: Map<string, string[]>;
  dependentSchemas?: Map<string, Schema>;
  minProperties?: number | undefined;
  maxProperties?: number | undefined;
  unevaluatedProperties?: Schema | undefined;
}

/** Returns the schemas that a schema applies to the same value instead of a part of it. */
export function inPlace(schema: Schema): Schema[] {
  const { all, anyOf = [], oneOf = [], dependentSchemas } = schema;
  const single = [schema.not, schema.if, schema.then, schema.else].filter((part) => part !== undefined);
  return [...all, ...anyOf, ...oneOf, ...single, ...(dependentSchemas?.values() ?? [])];
}
