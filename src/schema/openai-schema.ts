/** Shapes that the routes of the OpenAI surface share. Fields that are not listed are ignored. */
import * as z from "zod";
import { count, sessionId, userId, userIdHeader } from "./common-schema";

const unsupported = (reason: string) => `is not supported: ${reason}`;

/**
 * Returns the schema of a field that may only have values without effect. Other values are refused, because ignoring
 * them would look like a fault of the model.
 */
export const only = <T extends z.ZodType>(allowed: T, reason: string) =>
  z
    .unknown()
    .refine((value) => allowed.safeParse(value).success, unsupported(reason))
    .describe(`Not supported: ${reason}.`)
    .optional();

/** The amount of reasoning before an answer. */
export const reasoningEffort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish();

/** Fields of chat completions and responses. */
export const sharedFields = {
  model: z.string().describe("Any name. The settings decide which model answers.").optional(),
  stream: z.boolean().nullish().describe("Answers with server-sent events."),
  temperature: z.number().min(0).max(2).nullish().describe("The randomness of the answer; default: the model's own."),
  top_p: z.number().min(0).max(1).nullish().describe("The probability mass of the tokens to choose from."),
  parallel_tool_calls: z.boolean().nullish().describe("Whether an answer may call several functions; default true."),
  metadata: z
    .object({
      session_id: sessionId.describe("The session, if no header names one.").optional(),
      user_id: userId.describe("The user, if no header names one.").optional(),
    })
    .nullish()
    .describe("The session and user of the request."),
};

/** The most tokens of an answer. */
export const maxTokens = z.int().min(1).nullish().describe("The most tokens of the answer; default `REPLY_TOKENS`.");

/** Headers that name the session and the user of a request. */
export const sessionHeaders = z.object({
  "x-session-id": sessionId.describe("The session of the request.").optional(),
  "x-openwebui-chat-id": sessionId.describe("The session of the request, as Open WebUI names it.").optional(),
  "x-user-id": userIdHeader.describe("The user of the session, percent-encoded.").optional(),
});

export const modelParam = z.object({ model: z.string().min(1).max(256).describe("The id of the model.") });

export const modelResponse = () =>
  z.object({
    id: z.string().describe("The id of the model."),
    object: z.literal("model").describe("Always `model`."),
    created: count.describe("Always 0."),
    owned_by: z.string().describe("Always `llamory`."),
    context_window: count
      .nullable()
      .describe("Tokens of prompt and reply together; null if the catalogue does not list the model."),
    pricing: z
      .object({
        prompt: z.number().describe("Of the prompt."),
        completion: z.number().describe("Of the answer."),
        assumed: z
          .literal(true)
          .describe("Present if Cloudflare publishes no price of this model: it is the price of its nearest variant.")
          .optional(),
      })
      .nullable()
      .describe("List prices in US dollars per million tokens; null if the catalogue has none."),
  });

export const modelsResponse = () =>
  z.object({
    object: z.literal("list").describe("Always `list`."),
    data: z.array(modelResponse()).describe("The models."),
  });

/** The body of an error of the OpenAI surface. */
export const openaiError = () =>
  z.object({
    error: z
      .object({
        message: z.string().describe("What happened, and what to do."),
        type: z.string().describe("The kind of error, as OpenAI names it."),
        param: z.string().nullable().describe("The invalid field, if there is one."),
        code: z.string().describe("A stable name of the error, for programs."),
      })
      .describe("The error."),
  });
