/** Bindings of the Worker, and the values that handlers find in their context. */
import type { ChatDO } from "./do/chat";
import type { LegacyDO } from "./do/legacy";
import type { UsageDO } from "./do/tenant";
import type { UserDO } from "./do/user";
import type { AiBinding } from "./llm/binding";
import type { Settings } from "./settings";
import type { Usage } from "./turn/types";

export type { Asking, AskingUser, AskRequest } from "./do/session/ask-request";

export interface Env extends Partial<Record<keyof Settings, string>> {
  AI: AiBinding;
  CHAT_DO: DurableObjectNamespace<ChatDO>;
  MY_DURABLE_OBJECT: DurableObjectNamespace<LegacyDO>;
  USAGE_DO: DurableObjectNamespace<UsageDO>;
  USER_DO: DurableObjectNamespace<UserDO>;
  /** How often a tenant may ask; deployed configurations have it. */
  TENANT_RATE?: RateLimit;
  /** How often the session tokens of one user, or of the same sessions, may ask; deployed configurations have it. */
  SESSION_RATE?: RateLimit;
  /** How often an address may send a wrong token; deployed configurations have it. */
  FAILURE_RATE?: RateLimit;
}

/** Who asks. */
export interface Caller {
  /** Whose sessions these are; empty for the default tenant. */
  tenant: string;
  /** The digest of the API token that lets them in; empty where AUTH is `off`. */
  digest: string;
  /** The only sessions that a session token opens; absent for one of a user, and for an API token, which opens all. */
  sessions?: string[] | undefined;
  /** The user whom a session token stands for: it opens what is theirs. */
  userId?: string | undefined;
}

/** What handlers find in their context. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    caller: Caller;
    /** Where the request's time goes, in milliseconds. */
    timings: { memory: number; model: number };
    /** What the request's line in the log says beyond what all have. */
    logged: { sessionId?: string; turnId?: string; code?: string; usage?: Usage };
  };
}
