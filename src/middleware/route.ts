/** The rules of a route, declared in its chain: `.post("/ask", route({ tokens: "session" }), …)`. */
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import type { AppEnv } from "../env";
import { MAX_BODY } from "../limits";

export interface RouteRules {
  /**
   * Which tokens may call the route, besides API tokens. `session`: session tokens that name the session or its user.
   * `user`: session tokens that name the user. `none`: the route is open to all. Default: API tokens only.
   */
  tokens?: "none" | "session" | "user";
  /** The largest body in bytes; default `MAX_BODY`. `null`: the handler limits the body while it reads. */
  maxBody?: number | null;
  /** The token may also be sent as `?access_token=`: an EventSource of a browser sends no headers. */
  queryToken?: boolean;
}

const declared = new WeakMap<object, RouteRules>();

/** Declares the rules of a route. Middleware looks them up with {@link rulesOf} before the handler runs. */
export function route(rules: RouteRules): MiddlewareHandler<AppEnv> {
  const handler = createMiddleware<AppEnv>((_c, next) => next());
  declared.set(handler, rules);
  return handler;
}

/** Returns the rules that a handler of a chain declares; undefined for other handlers. */
export const declaredBy = (handler: object): RouteRules | undefined => declared.get(handler);

/** Returns the rules of the requested route. Routes that declare nothing, and unknown routes, have the defaults. */
export function rulesOf(c: Context<AppEnv>): Required<Omit<RouteRules, "tokens">> & Pick<RouteRules, "tokens"> {
  const rules = matchedRoutes(c).flatMap(({ handler }) => declaredBy(handler) ?? []);
  return { maxBody: MAX_BODY, queryToken: false, ...rules[0] };
}
