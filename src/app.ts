/** The Hono app: middleware, all routers in one chain, and the error handler. */

import { requestId } from "hono/request-id";
import { Hono } from "hono/tiny";
import type { AppEnv } from "./env";
import { errorFields, log } from "./log";
import { authenticate } from "./middleware/auth";
import { crossOrigin, METHODS } from "./middleware/cors";
import { exactPath } from "./middleware/exact-path";
import { limitBody } from "./middleware/limit-body";
import { localOnly } from "./middleware/local-only";
import { noStore } from "./middleware/no-store";
import { logRequest } from "./middleware/request-log";
import { requireJson } from "./middleware/require-json";
import { FailureError, respond } from "./middleware/respond";
import { limitScope } from "./middleware/scope";
import { secureHeaders } from "./middleware/secure-headers";
import { timing } from "./middleware/timing";
import { JurisdictionError } from "./object-of";
import * as ask from "./routes/ask";
import * as debug from "./routes/debug";
import * as directory from "./routes/directory";
import * as exports from "./routes/exports";
import * as facts from "./routes/facts";
import * as forks from "./routes/forks";
import * as health from "./routes/health";
import * as mcp from "./routes/mcp/server";
import * as completions from "./routes/openai/completions";
import * as conversations from "./routes/openai/conversations";
import * as responses from "./routes/openai/responses";
import * as stored from "./routes/openai/stored-responses";
import type { Operations } from "./routes/operation";
import * as messages from "./routes/session-messages";
import * as search from "./routes/session-search";
import * as tokens from "./routes/session-tokens";
import * as sessions from "./routes/sessions";
import * as turns from "./routes/turns";
import * as userExports from "./routes/user-exports";
import * as users from "./routes/users";
import { hasFlag, isLost } from "./rpc/call-object";
import { SettingsError } from "./settings";
import { storageFailureOf } from "./turn/storage-error";
import type { AnyFailure } from "./wire/problem";

const open = new Hono<AppEnv>();
open.use(requestId(), timing, logRequest, secureHeaders, localOnly, crossOrigin, exactPath);

const base = open.route("/", health.routes);
// Authentication comes first: nothing is read from the body of an unauthenticated request.
base.use(noStore, authenticate, limitScope, limitBody, requireJson);

/** All routes. Handlers throw their failures; the error handler below answers with them. */
export const app = base
  .route("/", ask.routes)
  .route("/", sessions.routes)
  .route("/", messages.routes)
  .route("/", search.routes)
  .route("/", exports.routes)
  .route("/", forks.routes)
  .route("/", turns.routes)
  .route("/", directory.routes)
  .route("/", users.routes)
  .route("/", userExports.routes)
  .route("/", facts.routes)
  .route("/", tokens.routes)
  .route("/", completions.routes)
  .route("/", responses.routes)
  .route("/", stored.routes)
  .route("/", conversations.routes)
  .route("/", mcp.routes)
  .route("/", debug.routes);

/** @internal The documentation of all routes, in the order of the document. */
export const operations = (): Operations => ({
  ...health.operations(),
  ...ask.operations(),
  ...sessions.operations(),
  ...messages.operations(),
  ...search.operations(),
  ...exports.operations(),
  ...forks.operations(),
  ...turns.operations(),
  ...directory.operations(),
  ...users.operations(),
  ...userExports.operations(),
  ...facts.operations(),
  ...tokens.operations(),
  ...completions.operations(),
  ...responses.operations(),
  ...stored.operations(),
  ...conversations.operations(),
  ...mcp.operations(),
  ...debug.operations(),
});

/** Paths of the OpenAI API without its prefix, as clients with a wrong base URL request them. */
const WITHOUT_V1 = /^\/(?:chat\/completions|completions|responses|conversations|models|embeddings)(?:\/|$)/;

app.notFound((c) => {
  if (WITHOUT_V1.test(c.req.path)) return respond(c, { reason: "base_url" });
  const allow = METHODS.filter((method) =>
    app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
  );
  if (allow.length === 0) return respond(c, { reason: "not_found" });
  return respond(c, { reason: "method_not_allowed", allow: allow.join(", ") });
});

/** Returns the failure that an error of a library or of the platform stands for; undefined for a bug. */
function failureOf(error: Error): AnyFailure | undefined {
  if (error instanceof SettingsError || error instanceof JurisdictionError)
    return { reason: "misconfigured", detail: error.message };
  if (hasFlag(error, "overloaded")) return { reason: "session_overloaded" };
  if (isLost(error)) return { reason: "session_lost" };
  return undefined;
}

app.onError((error, c) => {
  if (error instanceof FailureError) return respond(c, error.failure);
  const stored = storageFailureOf(error);
  if (stored) log("error", stored.reason, { requestId: c.var.requestId });
  const failure = stored ?? failureOf(error);
  if (failure) return respond(c, failure);
  log("error", "internal_error", { requestId: c.var.requestId, ...errorFields(error) });
  return respond(c, { reason: "internal" });
});

/** The routes as Hono's typed client sees them. */
export type App = typeof app;
