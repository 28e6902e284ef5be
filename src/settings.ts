/** Settings of the Worker, parsed once. */
import * as z from "zod";
import { MAX_REPLY_TOKENS, USER_MAX_MB } from "./limits";
import { isTimeZone } from "./turn/dates";

const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Who holds an API token: its SHA-256, and the tenant it opens; `""` is the default tenant. */
export interface Holder {
  tenant: string;
  /** Its hexadecimal digits, in lower case. */
  digest: string;
  bytes: Uint8Array;
}

const HOLDER = /^(?:([A-Za-z0-9_-]{1,64}):)?([0-9a-f]{64})$/i;

/** Whatever is malformed is refused as a whole: taken for a token, it would let strangers in. */
const holders = z
  .string()
  .default("")
  .transform((list, { addIssue }): Holder[] => {
    if (list.trim() === "") return [];
    return list.split(",").flatMap((entry, at): Holder[] => {
      const [, tenant = "", digits] = HOLDER.exec(entry.trim()) ?? [];
      if (digits !== undefined) {
        const digest = digits.toLowerCase();
        return [
          { tenant, digest, bytes: Uint8Array.from(digest.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)) },
        ];
      }
      addIssue(
        `entry ${at + 1} is neither a token's SHA-256 (64 hexadecimal digits) nor \`tenant:sha256\`; \`npm run token\` makes one`,
      );
      return [];
    });
  });

const isOrigin = (text: string) => !text.includes("*") && URL.canParse(text) && new URL(text).origin === text;

const origins = z
  .string()
  .default("")
  .transform((list) => list.split(",").flatMap((entry) => entry.trim() || []))
  .refine(
    (list) => list.every((entry) => entry === "*" || isOrigin(entry)),
    "must be `*` or origins like https://example.com",
  );

export const settingsSchema = z.object({
  /** The model that answers: an id of Workers AI, or of the server behind `OPENAI_BASE_URL`. */
  MODEL: z.string().min(1).default("@cf/meta/llama-3.1-8b-instruct-fast"),
  /** The model that is asked when `MODEL` is retired or stays busy; empty for none. */
  FALLBACK_MODEL: z.string().default("@cf/meta/llama-3.3-70b-instruct-fp8-fast"),
  /** The model that is asked where a request has tools, or wants JSON, and `MODEL` cannot; empty for none. */
  TOOL_MODEL: z.string().default(""),
  /** The first message of every prompt. */
  SYSTEM_PROMPT: z
    .string()
    .max(8_000)
    .default(
      "You are a helpful assistant. You remember this conversation, also where earlier parts of it are quoted to you. Answer briefly, and say so when you do not know.",
    ),
  /** The time zone of days in prompts and questions, if a request names none: an IANA name such as `Europe/Lisbon`. */
  TIME_ZONE: z.string().refine(isTimeZone, "must be an IANA time zone such as Europe/Lisbon").default("UTC"),
  /** Tokens that prompt and reply may take together; the model's window where that is smaller. */
  CONTEXT_TOKENS: count(1_024, 1_000_000).default(8_192),
  /** Tokens of the prompt that recalled messages may take. */
  RECALL_TOKENS: count(0, 100_000).default(2_000),
  /** Tokens of the prompt that facts of the user may take. */
  FACT_TOKENS: count(0, 10_000).default(300),
  /** `model`: facts about users are learnt from their turns, by a call of the model a turn, in the background. */
  FACTS: z.enum(["off", "model"]).default("off"),
  /** Milliseconds that an ask waits for what is known of its user; without it, the session decides alone. */
  USER_TIMEOUT_MS: count(1, 60_000).default(150),
  /** Tokens of a reply where the request does not say. */
  REPLY_TOKENS: count(1, MAX_REPLY_TOKENS).default(1_024),
  /** Milliseconds that an ask waits for the model in all, retries included. */
  MODEL_TIMEOUT_MS: count(1, 600_000).default(60_000),
  /** Milliseconds that a stream of the model may pause before its turn ends as interrupted. */
  MODEL_STALL_MS: count(1, 600_000).default(20_000),
  /** Milliseconds that a stream of the model may take in all. Objects are kept for 15 minutes after their client has left. */
  MODEL_STREAM_MS: count(1, 900_000).default(600_000),
  /** The model that tells how near texts are in meaning, for sessions beyond their context; empty for words alone. */
  EMBEDDING_MODEL: z.string().default("@cf/baai/bge-m3"),
  /** Milliseconds that an ask waits for its question's vector; without it, words decide alone. */
  EMBEDDING_TIMEOUT_MS: count(1, 60_000).default(400),
  /** The id of the AI Gateway that calls of Workers AI go through; empty for none. */
  AI_GATEWAY: z.string().default(""),
  /** `tokens`: every request needs one of `API_TOKENS`. `off`: anyone may ask, for local use. */
  AUTH: z.enum(["tokens", "off"]).default("tokens"),
  /**
   * Who may ask, separated by commas: a token's SHA-256 in hexadecimal digits, or `tenant:sha256` for sessions of its own.
   * Several tokens of a tenant may stand side by side.
   */
  API_TOKENS: holders,
  /** Secret. What the tokens of `POST /tokens` are signed with; another one ends them all. Empty: there are none. */
  SESSION_KEY: z
    .string()
    .default("")
    .refine((key) => key === "" || key.length >= 32, "must have 32 characters or more: `openssl rand -base64 32`"),
  /** Origins whose pages may ask from a browser, separated by commas, or `*`; empty for none. */
  CORS_ORIGINS: origins,
  /** Tokens, prompts and answers together, that a tenant may use of the model in a day (UTC); 0 for any number. */
  TENANT_TOKENS_PER_DAY: count(0, 1e12).default(0),
  /** Messages that a session may have. */
  SESSION_MAX_MESSAGES: count(2, 10_000_000).default(250_000),
  /** Megabytes that a session's database may have, its index with it. An object of Cloudflare ends at 10,000. */
  SESSION_MAX_MB: count(1, 10_000).default(1_000),
  /**
   * Megabytes that a user's database may have, about. Beyond them the oldest messages of the user's copy are dropped;
   * sessions and facts keep everything. Read by the user's object.
   */
  USER_MAX_MB: count(1, 10_000).default(USER_MAX_MB),
  /** Days after its last turn or append after which a session is deleted; 0 for never. Read by the session's object. */
  SESSION_TTL_DAYS: count(0, 36_500).default(0),
  /** `true`: only requests to a loopback name are served, for local use. */
  LOCAL_ONLY: z.enum(["true", "false"]).default("false"),
  /** `true` opens `GET /debug`. */
  DEBUG: z.enum(["true", "false"]).default("false"),
  /** Where `OpenAIModel` asks: the base URL of an OpenAI-compatible server. */
  OPENAI_BASE_URL: z.url().default("http://127.0.0.1:11434/v1"),
  /** Secret. The bearer token for that server, where it wants one. */
  OPENAI_API_KEY: z.string().default(""),
});

/** What the Worker is configured with: see the field comments for meaning, unit and default. */
export type Settings = z.output<typeof settingsSchema>;

/** A setting that does not parse: the operator's to mend. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

const parsed = new WeakMap<object, Settings>();

/** The settings of this Worker. @throws {SettingsError} that names each bad setting. */
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
