/** The Hono app: middleware, the routes in one chain, and the one place where errors are told. */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { requestId } from "hono/request-id";
import { type AppEnv, SettingsError } from "./env";
import { authenticate } from "./middleware/auth";
import { timing } from "./middleware/timing";
import { type AnyFailure, FailureError, respond, respondOpenAI } from "./problem";
import { ask } from "./routes/ask";
import { debug } from "./routes/debug";
import { document } from "./routes/document";
import { health } from "./routes/health";
import { openai } from "./routes/openai/completions";
import { responses } from "./routes/openai/responses";
import { isMarked } from "./routes/session";
import { sessions } from "./routes/sessions";
import { turns } from "./routes/turns";

/** The largest body, in bytes: 1,000 messages of 8 KiB. */
const MAX_BODY = 8 * 1024 * 1024;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const base = new Hono<AppEnv>();

base.use(requestId());
base.use(timing);

base.use(
  bodyLimit({
    maxSize: MAX_BODY,
    onError: () => {
      throw new FailureError({ reason: "body_too_large", limit: MAX_BODY });
    },
  }),
);

base.use(async (c, next) => {
  const { raw } = c.req;
  const type = raw.headers.get("content-type");
  const hasBody = raw.body !== null && raw.headers.get("content-length") !== "0";
  const isJson = type !== null && /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type);
  // Hono reads a body of another type as an empty one; say what is wrong instead.
  if (raw.method === "POST" && hasBody && !isJson) throw new FailureError({ reason: "unsupported_media_type" });
  return next();
});

const open = base.route("/", health).route("/", document);
open.use(authenticate);

/** All routes. Handlers answer with a problem where they fail; whatever is thrown is told here. */
export const app = open
  .route("/", ask)
  .route("/", sessions)
  .route("/", turns)
  .route("/", openai)
  .route("/", responses)
  .route("/", debug);

/** Tells a failure in the form that the route's clients know. */
const refuse = (c: Context<AppEnv>, failure: AnyFailure) =>
  c.req.path.startsWith("/v1/") ? respondOpenAI(c, failure) : respond(c, failure);

app.notFound((c) => {
  const allow = METHODS.filter((method) =>
    app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
  );
  return refuse(c, allow.length > 0 ? { reason: "method_not_allowed", allow } : { reason: "not_found" });
});

app.onError((error, c) => {
  if (error instanceof FailureError) return refuse(c, error.failure);
  if (error instanceof SettingsError) return refuse(c, { reason: "misconfigured", detail: error.message });
  if (error instanceof HTTPException && error.status === 400) return refuse(c, { reason: "malformed_json" });
  if (isMarked(error, "overloaded")) return refuse(c, { reason: "session_overloaded" });
  console.error(JSON.stringify({ event: "internal_error", requestId: c.var.requestId, error: String(error) }), error);
  return refuse(c, { reason: "internal" });
});

/** The routes as Hono's typed client sees them. */
export type App = typeof app;
