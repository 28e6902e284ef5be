/** The Hono app: middleware, the routes in one chain, and the one place where errors are told. */
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "./env";
import { errorFields, log } from "./log";
import { authenticate } from "./middleware/auth";
import { limitBody, requireJson } from "./middleware/body";
import { crossOrigin, localOnly, personal } from "./middleware/cors";
import { endLine } from "./middleware/newline";
import { logRequest } from "./middleware/request-log";
import { FailureError, respond, respondOpenAI } from "./middleware/respond";
import { limitScope } from "./middleware/scope";
import { timing } from "./middleware/timing";
import { ask } from "./routes/ask";
import { debug } from "./routes/debug";
import { exports } from "./routes/exports";
import { facts } from "./routes/facts";
import { health } from "./routes/health";
import { mcp } from "./routes/mcp/server";
import { completions } from "./routes/openai/completions";
import { responses } from "./routes/openai/responses";
import { document } from "./routes/openapi";
import { sessionTokens } from "./routes/session-tokens";
import { sessions } from "./routes/sessions";
import { turns } from "./routes/turns";
import { users } from "./routes/users";
import { hasFlag, isLost } from "./rpc/call-object";
import { SettingsError } from "./settings";
import { storageFailureOf } from "./turn/storage-error";
import type { AnyFailure } from "./wire/problem";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const open = new Hono<AppEnv>();
open.use(requestId(), timing, logRequest, endLine, secureHeaders(), localOnly, crossOrigin);

const base = open.route("/", health).route("/", document);
// Nothing of a stranger's body is read.
base.use(personal, authenticate, limitScope, limitBody, requireJson);

/** All routes. Handlers answer with a problem where they fail; whatever is thrown is told here. */
export const app = base
  .route("/", ask)
  .route("/", sessions)
  .route("/", exports)
  .route("/", turns)
  .route("/", users)
  .route("/", facts)
  .route("/", sessionTokens)
  .route("/", completions)
  .route("/", responses)
  .route("/", mcp)
  .route("/", debug);

/** Tells a failure in the form that the route's clients know. */
const respondFailure = (c: Context<AppEnv>, failure: AnyFailure) =>
  c.req.path.startsWith("/v1/") ? respondOpenAI(c, failure) : respond(c, failure);

app.notFound((c) => {
  const allow = METHODS.filter((method) =>
    app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
  );
  if (allow.length === 0) return respondFailure(c, { reason: "not_found" });
  return respondFailure(c, { reason: "method_not_allowed", allow: allow.join(", ") });
});

app.onError((error, c) => {
  if (error instanceof FailureError) return respondFailure(c, error.failure);
  if (error instanceof SettingsError) return respondFailure(c, { reason: "misconfigured", detail: error.message });
  if (error instanceof HTTPException && error.status === 400) return respondFailure(c, { reason: "malformed_json" });
  const stored = storageFailureOf(error);
  if (stored) log("error", stored.reason, { requestId: c.var.requestId });
  if (stored) return respondFailure(c, stored);
  if (hasFlag(error, "overloaded")) return respondFailure(c, { reason: "session_overloaded" });
  if (isLost(error)) return respondFailure(c, { reason: "session_lost" });
  log("error", "internal_error", { requestId: c.var.requestId, ...errorFields(error) });
  return respondFailure(c, { reason: "internal" });
});

/** The routes as Hono's typed client sees them. */
export type App = typeof app;
