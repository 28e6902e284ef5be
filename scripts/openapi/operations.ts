/** Collects all operations of the API from the routers' documentation and the routes' validators and rules. */
import type * as z from "zod/mini";
import { app, operations as documented } from "../../src/app";
import { declaredBy, type RouteRules } from "../../src/middleware/route";
import { validatedBy } from "../../src/middleware/validation";
import type { Operation } from "../../src/routes/operation";

export interface FullOperation extends Operation {
  tokens: RouteRules["tokens"];
  params?: z.ZodMiniObject;
  query?: z.ZodMiniObject;
  body?: z.core.$ZodType;
}

/** The handlers of each route, for example `POST /ask`. */
const chains = Map.groupBy(
  app.routes.filter(({ method }) => method !== "ALL"),
  ({ method, path }) => `${method} ${path}`,
);

export const routes = [...chains.keys()];

function fromChain(route: string) {
  const handlers = (chains.get(route) ?? []).map(({ handler }) => handler);
  const validated = handlers.flatMap((handler) => validatedBy(handler) ?? []);
  const schemaOf = (target: string) => validated.find((validator) => validator.target === target)?.schema;
  return {
    tokens: handlers.flatMap((handler) => declaredBy(handler) ?? [])[0]?.tokens,
    ...(schemaOf("param") && { params: schemaOf("param") as z.ZodMiniObject }),
    ...(schemaOf("query") && { query: schemaOf("query") as z.ZodMiniObject }),
    ...(schemaOf("json") && { body: schemaOf("json") }),
  };
}

export const operations: Record<string, FullOperation> = Object.fromEntries(
  Object.entries(documented()).map(([route, operation]) => [route, { ...operation, ...fromChain(route) }]),
);
