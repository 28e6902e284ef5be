/** The shapes of the OpenAI surface: what is understood of requests, and what is answered. The rest is ignored. */
import * as z from "zod";
import { count, finishReason, sessionId, userId } from "./common-schema";
import { chatMessage, inputItem, onlyText, text } from "./openai-items";
import {
  chatFormat,
  chatToolChoice,
  chatTools,
  responsesFormat,
  responsesToolChoice,
  responsesTools,
} from "./openai-tools";

const maxTokens = z.int().min(1).nullish();
const temperature = z.number().min(0).max(2).nullish();
const stopText = z.string().min(1).max(256);
const reasoningEffort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish();
const topP = z.number().min(0).max(1).nullish();

/** What would be ignored in silence is refused instead: it would look like the model's fault. */
const unsupported = (what: string) => `is not supported: ${what}`;
/** A field that may say only what is so anyway. */
const only = <T extends z.ZodType>(allowed: T, what: string) =>
  z
    .unknown()
    .refine((value) => allowed.safeParse(value).success, unsupported(what))
    .optional();

const none = z.union([z.null(), z.array(z.never()).max(0)]);
const stream = z.boolean().nullish();
const metadata = z.object({ session_id: sessionId.optional(), user_id: userId.optional() }).nullish();

export const chatRequest = z.object({
  /** Any name; the Worker's own model answers. */
  model: z.string().optional(),
  messages: z.preprocess(onlyText, z.array(chatMessage).min(1).max(1_000)),
  stream,
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  temperature,
  top_p: topP,
  seed: z.int().nullish(),
  /** Passed on to a model that is not in the catalogue, which has none that reasons. */
  reasoning_effort: reasoningEffort,
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  stop: z
    .union([stopText, z.array(stopText).max(4)], { error: "must be a text, or up to 4, of 1 to 256 characters" })
    .nullish(),
  n: only(z.union([z.null(), z.literal(1)]), "one answer is given, ask again for another"),
  logprobs: only(z.union([z.null(), z.literal(false)]), "the model does not tell them"),
  top_logprobs: only(z.union([z.null(), z.literal(0)]), "the model does not tell them"),
  audio: only(z.null(), "an answer is text"),
  modalities: only(z.union([z.null(), z.array(z.literal("text"))]), "an answer is text"),
  tools: chatTools,
  tool_choice: chatToolChoice,
  parallel_tool_calls: z.boolean().nullish(),
  functions: only(none, "send `tools`, which took their place"),
  response_format: chatFormat,
  metadata,
});

export const responsesRequest = z.object({
  /** Any name; the Worker's own model answers. */
  model: z.string().optional(),
  input: z.preprocess(
    onlyText,
    z
      .union([text.min(1), z.array(inputItem).min(1).max(1_000)], { error: "must be text, or 1 to 1,000 messages" })
      .transform((given) => (typeof given === "string" ? given : given.filter((item) => item !== null))),
  ),
  instructions: z.string().max(32_000).nullish(),
  stream,
  /** False: nothing is written. */
  store: z.boolean().nullish(),
  previous_response_id: z.string().max(512).nullish(),
  conversation: z
    .union([sessionId, z.object({ id: sessionId })], { error: "must be a session id, or an object with it as `id`" })
    .nullish(),
  max_output_tokens: maxTokens,
  temperature,
  top_p: topP,
  tools: responsesTools,
  tool_choice: responsesToolChoice,
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: responsesFormat }).nullish(),
  reasoning: z.object({ effort: reasoningEffort }).nullish(),
  background: only(z.union([z.null(), z.literal(false)]), "a client may leave, and read its response later"),
  metadata,
});

export const responseParam = z.object({ responseId: z.string().min(1).max(512) });
export const modelParam = z.object({ model: z.string().min(1).max(256) });

/** Where the session of a request may be named. */
export const sessionHeaders = z.object({
  "x-session-id": sessionId.optional(),
  "x-openwebui-chat-id": sessionId.optional(),
  /** Whose session it is. */
  "x-user-id": userId.optional(),
});

export const openaiError = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }),
});

export const modelResponse = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: count,
  owned_by: z.string(),
  /** Prompt and reply together, in tokens; null where the catalogue does not know the model. */
  context_window: count.nullable(),
  /** List price of a million tokens, in US dollars; null where the catalogue does not know it. */
  pricing: z
    .object({
      prompt: z.number(),
      completion: z.number(),
      /** Present if Cloudflare publishes no price of this model: it is the price of its nearest variant. */
      assumed: z.literal(true).optional(),
    })
    .nullable(),
});

export const modelsResponse = z.object({ object: z.literal("list"), data: z.array(modelResponse) });

export const chatResponse = z.object({
  id: z.string(),
  object: z.literal("chat.completion"),
  created: count,
  model: z.string(),
  choices: z.array(
    z.object({
      index: count,
      message: z.object({
        role: z.literal("assistant"),
        /** Null where functions are called without a word. */
        content: z.string().nullable(),
        /** The answer, where the model refuses; `content` is null then. */
        refusal: z.string().nullable(),
        /** What the model thought before it answered, where it says. */
        reasoning_content: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              id: z.string(),
              type: z.literal("function"),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs: z.null(),
      finish_reason: finishReason,
    }),
  ),
  usage: z.object({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count }).optional(),
  }),
});

const outputMessage = z.object({
  type: z.literal("message"),
  id: z.string(),
  status: z.enum(["in_progress", "completed", "incomplete"]),
  role: z.literal("assistant"),
  content: z.array(
    z.union([
      z.object({ type: z.literal("output_text"), text: z.string(), annotations: z.array(z.never()) }),
      z.object({ type: z.literal("refusal"), refusal: z.string() }),
    ]),
  ),
});

/** What the model thought before it answered, where it says. */
const reasoningItem = z.object({
  type: z.literal("reasoning"),
  id: z.string(),
  summary: z.array(z.never()),
  content: z.array(z.object({ type: z.literal("reasoning_text"), text: z.string() })),
});

const functionCall = z.object({
  type: z.literal("function_call"),
  id: z.string(),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
  status: z.literal("completed"),
});

export const deletedResponse = z.object({ id: z.string(), object: z.literal("response"), deleted: z.literal(true) });

export const responsesResponse = z.object({
  id: z.string(),
  object: z.literal("response"),
  created_at: count,
  status: z.enum(["in_progress", "completed", "incomplete", "failed", "cancelled"]),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.enum(["max_output_tokens", "content_filter"]) }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: z.int().nullable(),
  model: z.string(),
  output: z.array(z.union([reasoningItem, outputMessage, functionCall])),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.string().nullable(),
  conversation: z.object({ id: z.string() }).nullable(),
  store: z.boolean(),
  temperature: z.number().nullable(),
  /** As the request had them. */
  text: z.object({ format: z.looseObject({ type: z.string() }) }),
  tool_choice: z.union([z.string(), z.looseObject({})]),
  tools: z.array(z.looseObject({ type: z.literal("function") })),
  top_p: z.null(),
  truncation: z.literal("auto"),
  metadata: z.object({}),
  usage: z
    .object({
      input_tokens: count,
      input_tokens_details: z.object({ cached_tokens: count }),
      output_tokens: count,
      output_tokens_details: z.object({ reasoning_tokens: count }),
      total_tokens: count,
    })
    .nullable(),
});
