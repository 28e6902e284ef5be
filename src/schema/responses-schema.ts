/** Shapes of responses. */
import * as z from "zod/mini";
import { MAX_ANSWER } from "../limits";
import { sessionId } from "./common-schema";
import { int, intFromText } from "./fields";
import { inputItems, longText } from "./openai-items";
import { maxTokens, reasoningEffort, sharedFields } from "./openai-schema";
import { responsesFormat, responsesToolChoice, responsesTools } from "./openai-tools";

export const responsesRequest = z.object({
  ...sharedFields,
  /** The question, or a conversation that ends with it. */
  input: z.union([longText.check(z.minLength(1)), inputItems()], { error: "must be text, or 1 to 1,000 messages" }),
  /** Instructions for the model, after `SYSTEM_PROMPT`. */
  instructions: z.nullish(z.string().check(z.maxLength(MAX_ANSWER))),
  /** Whether question and answer are stored; default true. */
  store: z.nullish(z.boolean()),
  /** The response to continue from. */
  previous_response_id: z.nullish(z.string().check(z.maxLength(512))),
  /** The session to continue, instead of `previous_response_id`. */
  conversation: z.nullish(
    z.union([sessionId, z.object({ id: sessionId })], { error: "must be a session id, or an object with it as `id`" }),
  ),
  max_output_tokens: maxTokens,
  tools: responsesTools,
  tool_choice: responsesToolChoice,
  /** The format of the answer. */
  text: z.nullish(z.object({ format: responsesFormat })),
  /** The reasoning before the answer. */
  reasoning: z.nullish(
    z.object({
      /** The amount of reasoning. Only models outside the catalogue receive it. */
      effort: reasoningEffort,
    }),
  ),
  /** Accepted and repeated: a prompt always fits. */
  truncation: z.nullish(z.enum(["auto", "disabled"])),
  /** Returns the response before its answer. Read it by its id. */
  background: z.nullish(z.boolean()),
});

export const responseQuery = z.object({
  /** Sends the events of the response, live or replayed. */
  stream: z.optional(z.enum(["true", "false"])),
  /** Sends only events with a greater `sequence_number`; only with `stream`. */
  starting_after: z.optional(intFromText(0, Number.MAX_SAFE_INTEGER)),
});

export const responseParam = z.object({
  /** The id of the response. */
  responseId: z.string().check(z.minLength(1), z.maxLength(512)),
});

export const deletedResponse = () =>
  z.object({
    /** The id of the response. */
    id: z.string(),
    object: z.literal("response"),
    deleted: z.literal(true),
  });

/** The status of the item. */
export const itemStatus = () => z.enum(["in_progress", "completed", "incomplete"]);

export const outputMessage = () =>
  z.object({
    type: z.literal("message"),
    /** The id of the item. */
    id: z.string(),
    status: itemStatus(),
    role: z.literal("assistant"),
    /** The text of the answer. */
    content: z.array(
      z.union([
        z.object({
          type: z.literal("output_text"),
          /** The answer. */
          text: z.string(),
          /** Always empty. */
          annotations: z.array(z.never()),
        }),
        z.object({
          type: z.literal("refusal"),
          /** The answer of a model that refuses. */
          refusal: z.string(),
        }),
      ]),
    ),
  });

const reasoningItem = () =>
  z.object({
    type: z.literal("reasoning"),
    /** The id of the item. */
    id: z.string(),
    /** Always empty. */
    summary: z.array(z.never()),
    /** The reasoning before the answer. */
    content: z.array(
      z.object({
        type: z.literal("reasoning_text"),
        /** The reasoning. */
        text: z.string(),
      }),
    ),
  });

export const functionCall = () =>
  z.object({
    type: z.literal("function_call"),
    /** The id of the item. */
    id: z.string(),
    /** The id of the function call. */
    call_id: z.string(),
    /** The name of the function. */
    name: z.string(),
    /** The arguments as JSON. */
    arguments: z.string(),
    status: z.literal("completed"),
  });

export const responsesResponse = () =>
  z.object({
    /** The id of the response. */
    id: z.string(),
    object: z.literal("response"),
    /** The time of the request, in seconds since 1970. */
    created_at: int(0),
    /** The status of the response. `incomplete`: the answer was cut off at its token limit. */
    status: z.enum(["in_progress", "completed", "incomplete", "failed", "cancelled"]),
    /** The error of a failed response. */
    error: z.nullable(
      z.object({
        /** A stable name of the error, for programs. */
        code: z.string(),
        /** What happened, and what to do. */
        message: z.string(),
      }),
    ),
    /** Why the answer is incomplete. */
    incomplete_details: z.nullable(
      z.object({
        /** `max_output_tokens`: the token limit. `content_filter`: the model server's filter. */
        reason: z.enum(["max_output_tokens", "content_filter"]),
      }),
    ),
    /** The `instructions` of the request. */
    instructions: z.nullable(z.string()),
    /** The `max_output_tokens` of the request. */
    max_output_tokens: z.nullable(z.int()),
    /** The model that answered. */
    model: z.string(),
    /** The reasoning if the model returns it; then a message, function calls, or both. */
    output: z.array(z.union([reasoningItem(), outputMessage(), functionCall()])),
    /** The `parallel_tool_calls` of the request. */
    parallel_tool_calls: z.boolean(),
    /** The `previous_response_id` of the request. */
    previous_response_id: z.nullable(z.string()),
    /** The session, if the request named it. */
    conversation: z.nullable(
      z.object({
        /** The id of the session. */
        id: z.string(),
      }),
    ),
    /** Whether question and answer are stored. */
    store: z.boolean(),
    /** The `temperature` of the request. */
    temperature: z.nullable(z.number()),
    /** The `text` of the request. */
    text: z.object({
      /** The format of the answer. */
      format: z.looseObject({
        /** The kind of format. */
        type: z.string(),
      }),
    }),
    /** The `tool_choice` of the request. */
    tool_choice: z.union([z.string(), z.looseObject({})]),
    /** The `tools` of the request. */
    tools: z.array(z.looseObject({ type: z.literal("function") })),
    /** The `top_p` of the request. */
    top_p: z.nullable(z.number()),
    /** The `truncation` of the request. */
    truncation: z.enum(["auto", "disabled"]),
    /** The `metadata` of the request. */
    metadata: z.record(z.string(), z.string()),
    /** Tokens that the model counted, or estimates if it returned no counts; null before the end. */
    usage: z.nullable(
      z.object({
        /** Tokens of the prompt. */
        input_tokens: int(0),
        /** Details of the prompt's tokens. */
        input_tokens_details: z.object({
          /** Tokens of the prompt that the model had in its cache. */
          cached_tokens: int(0),
        }),
        /** Tokens of the answer. */
        output_tokens: int(0),
        /** Details of the answer's tokens. */
        output_tokens_details: z.object({
          /** Always 0. */
          reasoning_tokens: int(0),
        }),
        /** Tokens of both. */
        total_tokens: int(0),
      }),
    ),
  });
