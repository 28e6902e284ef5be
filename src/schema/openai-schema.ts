/** Shapes that the routes of the OpenAI surface share. Fields that are not listed are ignored. */
import * as z from "zod/mini";
import { sessionId, userId, userIdHeader } from "./common-schema";
import { always, count, described, int, list, nullable, nullish, number, object, optional, text } from "./fields";

const unsupported = (reason: string) => `is not supported: ${reason}`;

/**
 * Returns the schema of a field that may only have values without effect. Other values are refused, because ignoring
 * them would look like a fault of the model.
 */
export const only = (allowed: z.core.$ZodType, reason: string) =>
  optional(
    `Not supported: ${reason}.`,
    z.unknown().check(z.refine((value) => z.safeParse(allowed, value).success, unsupported(reason))),
  );

/** The amount of reasoning before an answer. */
export const reasoningEffort = z.nullish(z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]));

const namesSession = z.refine<string>(
  (id) => sessionId.safeParse(id).success,
  "names the session: must be 1 to 128 of the characters A-Z a-z 0-9 . _ : @ + -",
);

/** Metadata as the OpenAI API limits it. */
export const metadata = z
  .catchall(
    z.object({
      session_id: optional("The session, if no header names one.", z.string().check(namesSession)),
      user_id: optional("The user, if no header names one.", userId),
    }),
    z.string().check(z.maxLength(512)),
  )
  .check(z.refine((given) => Object.keys(given).length <= 16, "may have at most 16 texts"));

/** Fields of chat completions and responses. */
export const sharedFields = {
  model: z.optional(text("A model that `GET /v1/models` lists. With any other name, `MODEL` answers.")),
  stream: nullish("Answers with server-sent events.", z.boolean()),
  temperature: nullish("The randomness of the answer; default: the model's own.", number(0, 2)),
  top_p: nullish("The probability mass of the tokens to choose from.", number(0, 1)),
  parallel_tool_calls: nullish("Whether an answer may call several functions; default true.", z.boolean()),
  metadata: nullish("Up to 16 texts. They may name the session and the user of the request.", metadata),
};

/** The most tokens of an answer. */
export const maxTokens = nullish("The most tokens of the answer; default `REPLY_TOKENS`.", int(1));

/** Headers that name the session and the user of a request. */
export const sessionHeaders = z.object({
  "x-session-id": optional("The session of the request.", sessionId),
  "x-openwebui-chat-id": optional("The session of the request, as Open WebUI names it.", sessionId),
  "x-openwebui-user-id": optional("The user of the session, as Open WebUI names them.", userId),
  "x-user-id": optional("The user of the session, percent-encoded.", userIdHeader),
});

export const modelParam = z.object({
  model: described("The id of the model.", z.string().check(z.minLength(1), z.maxLength(256))),
});

export const modelResponse = () =>
  z.object({
    id: text("The id of the model."),
    object: always("model"),
    created: count("Always 0."),
    owned_by: text("Always `llamory`."),
    context_window: nullable(
      "Tokens of prompt and reply together; null if the catalogue does not list the model.",
      int(0),
    ),
    pricing: nullable(
      "List prices in US dollars per million tokens; null if the catalogue has none.",
      z.object({
        prompt: described("Of the prompt.", z.number()),
        completion: described("Of the answer.", z.number()),
        assumed: optional(
          "Present if Cloudflare publishes no price of this model: it is the price of its nearest variant.",
          z.literal(true),
        ),
      }),
    ),
  });

export const modelsResponse = () => z.object({ object: always("list"), data: list("The models.", modelResponse()) });

/** The body of an error of the OpenAI surface. */
export const openaiError = () =>
  z.object({
    error: object("The error.", {
      message: text("What happened, and what to do."),
      type: text("The kind of error, as OpenAI names it."),
      param: nullable("The invalid field, if there is one.", z.string()),
      code: text("A stable name of the error, for programs."),
    }),
  });
