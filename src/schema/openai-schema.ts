/** Shapes that the routes of the OpenAI surface share. Fields that are not listed are ignored. */
import * as z from "zod/mini";
import { sessionId, userId, userIdHeader } from "./common-schema";
import { int, number } from "./fields";

/**
 * Returns the schema of a field that may only have values without effect: null, or an allowed one. Other values are
 * refused, because ignoring them would look like a fault of the model.
 */
export const only = (allowed: z.core.$ZodType, reason: string) =>
  z.optional(
    z
      .unknown()
      .check(z.refine((value) => z.safeParse(z.nullable(allowed), value).success, `is not supported: ${reason}`)),
  );

/** The amount of reasoning before an answer. */
export const reasoningEffort = z.nullish(z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]));

const namesSession = z.refine<string>(
  (id) => sessionId.safeParse(id).success,
  "names the session: must be 1 to 128 of the characters A-Z a-z 0-9 . _ : @ + -",
);

/** Up to 16 texts of up to 512 characters. */
const texts = z.catchall(
  z.object({
    /** The session, if no header names one. */
    session_id: z.optional(z.string().check(namesSession)),
    /** The user, if no header names one. */
    user_id: z.optional(userId),
  }),
  z.string().check(z.maxLength(512)),
);

/** Counts the texts before each is checked: a request of 8 MiB could have errors in a million of them. */
function fewTexts<T>(given: T, { issues }: z.core.ParsePayload): T {
  const names = typeof given === "object" && given !== null && !Array.isArray(given) ? Object.keys(given) : [];
  if (names.length > 16 || names.some((name) => name.length > 64))
    issues.push({
      code: "custom",
      message: "may have at most 16 texts, with names of up to 64 characters",
      input: null,
    });
  return given;
}

export const metadata = z.pipe(z.transform(fewTexts<z.input<typeof texts>>), texts);

/** Fields of chat completions and responses. */
export const sharedFields = {
  /** A model that `GET /v1/models` lists. With any other name, `MODEL` answers. */
  model: z.optional(z.string()),
  /** Answers with server-sent events. */
  stream: z.nullish(z.boolean()),
  /** The randomness of the answer; default: the model's own. */
  temperature: z.nullish(number(0, 2)),
  /** The probability mass of the tokens to choose from. */
  top_p: z.nullish(number(0, 1)),
  /** Whether an answer may call several functions; default true. */
  parallel_tool_calls: z.nullish(z.boolean()),
  /** Up to 16 texts. They may name the session and the user of the request. */
  metadata: z.nullish(metadata),
};

// The most tokens of an answer.
/** The most tokens of the answer; default `REPLY_TOKENS`. */
export const maxTokens = z.nullish(int(1));

/** Headers that name the session and the user of a request. */
export const sessionHeaders = z.object({
  /** The session of the request. */
  "x-session-id": z.optional(sessionId),
  /** The session of the request, as Open WebUI names it. */
  "x-openwebui-chat-id": z.optional(sessionId),
  /** The user of the session, as Open WebUI names them. */
  "x-openwebui-user-id": z.optional(userId),
  /** The user of the session, percent-encoded. */
  "x-user-id": z.optional(userIdHeader),
});

export const modelParam = z.object({
  /** The id of the model. */
  model: z.string().check(z.minLength(1), z.maxLength(256)),
});

export const modelResponse = () =>
  z.object({
    /** The id of the model. */
    id: z.string(),
    object: z.literal("model"),
    /** Always 0. */
    created: int(0),
    /** Always `llamory`. */
    owned_by: z.string(),
    /** Tokens of prompt and reply together; null if the catalogue does not list the model. */
    context_window: z.nullable(int(0)),
    /** List prices in US dollars per million tokens; null if the catalogue has none. */
    pricing: z.nullable(
      z.object({
        /** Of the prompt. */
        prompt: z.number(),
        /** Of the answer. */
        completion: z.number(),
        /** Present if Cloudflare publishes no price of this model: it is the price of its nearest variant. */
        assumed: z.optional(z.literal(true)),
      }),
    ),
  });

export const modelsResponse = () =>
  z.object({
    object: z.literal("list"),
    /** The models. */
    data: z.array(modelResponse()),
  });

/** The body of an error of the OpenAI surface. */
export const openaiError = () =>
  z.object({
    /** The error. */
    error: z.object({
      /** What happened, and what to do. */
      message: z.string(),
      /** The kind of error, as OpenAI names it. */
      type: z.string(),
      /** The invalid field, if there is one. */
      param: z.nullable(z.string()),
      /** A stable name of the error, for programs. */
      code: z.string(),
    }),
  });
