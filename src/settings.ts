/** Settings of the Worker. They are parsed once per isolate. */
import * as z from "zod/mini";
import { FACTS_IMPORT_CALLS, MAX_REPLY_TOKENS, USER_MAX_MB } from "./limits";
import { intFromText, timeZone } from "./schema/fields";

const text = (fallback = "") => z._default(z.string(), fallback);
// `Number` reads `true` as one day, token or message. Wrangler passes booleans of a configuration on.
const count = (min: number, max: number, fallback: number) =>
  z._default(z.pipe(z.transform<unknown, unknown>(String), intFromText(min, max)), fallback);

/** An API token: its SHA-256 and its tenant. */
export interface Holder {
  /** Empty for the default tenant. */
  tenant: string;
  /** The SHA-256 in hexadecimal digits, in lower case. */
  digest: string;
  bytes: Uint8Array;
}

const HOLDER = /^(?:([A-Za-z0-9_-]{1,64}):)?([0-9a-f]{64})$/i;

/** Parses `API_TOKENS`. One malformed entry makes the whole list invalid: ignoring it could hide a typing error. */
const holders = z
  .pipe(
    text(),
    z.transform((list, { issues }): Holder[] => {
      if (list.trim() === "") return [];
      return list.split(",").flatMap((entry, at): Holder[] => {
        const [, tenant = "", digits] = HOLDER.exec(entry.trim()) ?? [];
        if (digits !== undefined) {
          const digest = digits.toLowerCase();
          return [{ tenant, digest, bytes: Uint8Array.fromHex(digest) }];
        }
        const message = `entry ${at + 1} is neither a token's SHA-256 (64 hexadecimal digits) nor \`tenant:sha256\`; \`npm run token\` makes one`;
        issues.push({ code: "custom", message, input: list });
        return [];
      });
    }),
  )
  .check(
    // Otherwise the second tenant would use the data of the first, whose entry is found first.
    z.refine(
      (all) => all.every(({ digest, tenant }) => all.find((one) => one.digest === digest)?.tenant === tenant),
      "gives one token to two tenants",
    ),
  );

const isOrigin = (text: string) => !text.includes("*") && URL.parse(text)?.origin === text;

/** Entries that are separated by commas. */
const list = z.pipe(
  text(),
  z.transform((entries) => entries.split(",").flatMap((entry) => entry.trim() || [])),
);

const origins = list.check(
  z.refine(
    (entries) => entries.every((entry) => entry === "*" || isOrigin(entry)),
    "must be `*` or origins like https://example.com",
  ),
);

export const settingsSchema = z.object({
  /** The model that answers: an id of Workers AI, or of the server at `OPENAI_BASE_URL`. */
  MODEL: z._default(z.string().check(z.minLength(1)), "@cf/meta/llama-3.1-8b-instruct-fast"),
  /** The model that answers if `MODEL` is retired or stays busy; empty for none. */
  FALLBACK_MODEL: text("@cf/meta/llama-3.3-70b-instruct-fp8-fast"),
  /** The model that answers requests with tools or JSON formats that `MODEL` does not support; empty for none. */
  TOOL_MODEL: text(),
  /** More models that requests may name, separated by commas. */
  MODELS: list,
  /** The first message of every prompt. */
  SYSTEM_PROMPT: z._default(
    z.string().check(z.maxLength(8_000)),
    "You are a helpful assistant. You remember this conversation, also where earlier parts of it are quoted to you. Answer briefly, and say so when you do not know.",
  ),
  /** The time zone of days in prompts and questions, if a request names none: an IANA name such as `Europe/Lisbon`. */
  TIME_ZONE: z._default(timeZone, "UTC"),
  /** The most tokens of prompt and reply together. The model's window is a limit too. */
  CONTEXT_TOKENS: count(1_024, 1_000_000, 8_192),
  /** The most tokens of recalled messages in a prompt. */
  RECALL_TOKENS: count(0, 100_000, 2_000),
  /** The most tokens of facts about the user in a prompt. */
  FACT_TOKENS: count(0, 10_000, 300),
  /** `model`: learns facts about users from their turns, with one more call of the model per turn, in the background. */
  FACTS: z._default(z.enum(["off", "model"]), "off"),
  /**
   * The most calls per user and day (UTC) that learn facts from appended messages, 20 messages in each. The user's object
   * reads this setting.
   */
  FACTS_IMPORT_CALLS: count(0, 10_000, FACTS_IMPORT_CALLS),
  /** Milliseconds that an ask waits for the memory of its user. After that it uses the session's memory alone. */
  USER_TIMEOUT_MS: count(1, 60_000, 150),
  /** The most tokens of a reply if the request sets no limit. */
  REPLY_TOKENS: count(1, MAX_REPLY_TOKENS, 1_024),
  /** Milliseconds that an ask waits for the model, retries included. */
  MODEL_TIMEOUT_MS: count(1, 600_000, 60_000),
  /** Milliseconds that a stream of the model may pause. After that its turn ends as interrupted. */
  MODEL_STALL_MS: count(1, 600_000, 20_000),
  /** Milliseconds that a stream of the model may take. Objects run for up to 15 minutes after their client has left. */
  MODEL_STREAM_MS: count(1, 900_000, 600_000),
  /** The encoder, for recall by meaning; empty for recall by words alone. */
  EMBEDDING_MODEL: text("@cf/baai/bge-m3"),
  /** Milliseconds that an ask waits for the vector of its question. After that recall uses words alone. */
  EMBEDDING_TIMEOUT_MS: count(1, 60_000, 400),
  /** The id of the AI Gateway for calls of Workers AI; empty for none. */
  AI_GATEWAY: text(),
  /** `tokens`: every request needs one of `API_TOKENS`. `off`: no token is needed, for local use. */
  AUTH: z._default(z.enum(["tokens", "off"]), "tokens"),
  /**
   * The API tokens, separated by commas: the SHA-256 of each in hexadecimal digits, or `tenant:sha256`. Each tenant has its
   * own sessions and may have several tokens.
   */
  API_TOKENS: holders,
  /** Secret. Signs the session tokens of `POST /tokens`; a new key makes all of them invalid. Empty: no session tokens. */
  SESSION_KEY: text().check(
    z.refine((key) => key === "" || key.length >= 32, "must have 32 characters or more: `openssl rand -base64 32`"),
  ),
  /** Origins whose pages may call the API, separated by commas, or `*`; empty for none. */
  CORS_ORIGINS: origins,
  /** The most tokens per tenant and day (UTC): of prompts, answers and texts for the encoder; 0 for no limit. */
  TENANT_TOKENS_PER_DAY: count(0, 1e12, 0),
  /** The most messages of a session. */
  SESSION_MAX_MESSAGES: count(2, 10_000_000, 250_000),
  /** The largest database of a session in megabytes, its search index included. Cloudflare's limit is 10,000. */
  SESSION_MAX_MB: count(1, 10_000, 1_000),
  /**
   * The approximate size of a user's database in megabytes. Beyond it the oldest messages of the user's copy are deleted;
   * sessions and facts stay complete. The user's object reads this setting.
   */
  USER_MAX_MB: count(1, 10_000, USER_MAX_MB),
  /** Days after the last turn or append until a session is deleted; 0 for never. The session's object reads this setting. */
  SESSION_TTL_DAYS: count(0, 36_500, 0),
  /** `off`: the tenant's directory lists no sessions and users. The session's object reads this setting. */
  DIRECTORY: z._default(z.enum(["on", "off"]), "on"),
  /** The jurisdiction of all objects; empty for none. After a change, sessions of the old jurisdiction are hidden. */
  JURISDICTION: z._default(z.enum(["", "eu", "us", "fedramp", "fedramp-high"]), ""),
  /** The region for new objects; empty for the region of their first request. */
  LOCATION_HINT: z._default(
    z.enum(["", "wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"]),
    "",
  ),
  /** `true`: serves only requests to a loopback name, for local use. */
  LOCAL_ONLY: z._default(z.enum(["true", "false"]), "false"),
  /** `true` enables `GET /debug`. */
  DEBUG: z._default(z.enum(["true", "false"]), "false"),
  /** The base URL of the OpenAI-compatible server that `OpenAIModel` calls. */
  OPENAI_BASE_URL: z._default(
    z.string().check(
      z.trim(),
      z.refine((text) => URL.canParse(text), "must be a URL"),
    ),
    "http://127.0.0.1:11434/v1",
  ),
  /** Secret. The bearer token for that server, if it needs one. */
  OPENAI_API_KEY: text(),
});

/** The settings. The comments of the fields say meaning and unit. */
export type Settings = z.output<typeof settingsSchema>;

/** An invalid setting. The operator has to correct it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

const parsed = new WeakMap<object, Settings>();

/** Returns the settings of this Worker. @throws {SettingsError} that names each invalid setting */
export function settingsOf(env: Partial<Record<keyof Settings, string>>): Settings {
  const known = parsed.get(env);
  if (known) return known;
  const result = settingsSchema.safeParse(env);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new SettingsError(`Check the Worker's settings. ${issues.join("; ")}`);
  }
  parsed.set(env, result.data);
  return result.data;
}
