/** Bindings of the Worker, and the types of its context. */
import type { ChatDO } from "./do/chat";
import type { LegacyDO } from "./do/legacy";
import type { TenantDO } from "./do/tenant";
import type { UserDO } from "./do/user";
import type { AiBinding } from "./llm/binding";
import type { Placement } from "./object-of";
import type { Settings } from "./settings";
import type { Usage } from "./turn/types";

export type { AskRequest, SessionUser } from "./do/session/ask-request";
export type { Conversation } from "./do/session/session-settings";
export type { SessionPart } from "./do/user/session-object";

export interface Env extends Partial<Record<Exclude<keyof Settings, keyof Placement>, string>>, Placement {
  AI: AiBinding;
  /** The static files; absent in configurations of earlier versions. */
  ASSETS?: Fetcher | undefined;
  CHAT_DO: DurableObjectNamespace<ChatDO>;
  MY_DURABLE_OBJECT: DurableObjectNamespace<LegacyDO>;
  TENANT_DO: DurableObjectNamespace<TenantDO>;
  USER_DO: DurableObjectNamespace<UserDO>;
  /** Limits the requests of a tenant. Local configurations have no rate limits. */
  TENANT_RATE?: RateLimit;
  /** Limits the requests with session tokens of one user, or of the same sessions. */
  SESSION_RATE?: RateLimit;
  /** Limits the wrong tokens of an address. */
  FAILURE_RATE?: RateLimit;
}

/** The authenticated caller of a request. */
export interface Caller {
  /** The tenant; empty for the default tenant. */
  tenant: string;
  /** The digest of the API token, or of the one that created the session token; empty if `AUTH` is `off`. */
  digest: string;
  /** The sessions that a session token gives access to; absent for a token of a user and for API tokens. */
  sessions?: string[] | undefined;
  /** The user that a session token gives access to; absent for a token of sessions and for API tokens. */
  userId?: string | undefined;
}

/** The types of Hono's context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    caller: Caller;
    /** Milliseconds spent on calls of objects and of the model. */
    timings: { memory: number; model: number };
    /** Fields that handlers add to the request's line in the log. */
    logged: { sessionId?: string; turnId?: string; code?: string; usage?: Usage };
  };
}
