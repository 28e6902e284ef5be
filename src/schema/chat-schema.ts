/** Shapes of chat completions. */
import * as z from "zod/mini";
import { finishReason } from "./common-schema";
import { int, number } from "./fields";
import { chatMessage, withTexts } from "./openai-items";
import { maxTokens, only, reasoningEffort, sharedFields } from "./openai-schema";
import { chatFormat, chatToolChoice, chatTools } from "./openai-tools";

const stopText = z.string().check(z.minLength(1), z.maxLength(256));
const penalty = z.nullish(number(-2, 2));

export const chatRequest = z.object({
  ...sharedFields,
  /**
   * The conversation. With a session, only the messages after the last assistant message are new. Requests of Open
   * WebUI are aligned with the session: turns that were edited are replaced.
   */
  messages: z.pipe(z.transform(withTexts), z.array(chatMessage).check(z.minLength(1), z.maxLength(10_000))),
  /** Options of a stream. */
  stream_options: z.nullish(
    z.object({
      /** Sends the token usage in the last chunk. */
      include_usage: z.nullish(z.boolean()),
    }),
  ),
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  /** Makes answers repeatable, as far as the model can. */
  seed: z.nullish(z.int()),
  /** The amount of reasoning. Only models outside the catalogue receive it. */
  reasoning_effort: reasoningEffort,
  /** Lowers the probability of tokens by their number so far. */
  frequency_penalty: penalty,
  /** Lowers the probability of tokens that occurred. */
  presence_penalty: penalty,
  /** Up to 4 texts that end the answer. */
  stop: z.nullish(
    z.union([stopText, z.array(stopText).check(z.maxLength(4))], {
      error: "must be a text, or up to 4, of 1 to 256 characters",
    }),
  ),
  /** Not supported: one answer is given, ask again for another. */
  n: only(z.literal(1), "one answer is given, ask again for another"),
  /** Not supported: the model has no token ids. */
  logit_bias: only(z.strictObject({}), "the model has no token ids"),
  /** Not supported: the model does not return them. */
  logprobs: only(z.literal(false), "the model does not return them"),
  /** Not supported: the model does not return them. */
  top_logprobs: only(z.literal(0), "the model does not return them"),
  /** Not supported: an answer is text. */
  audio: only(z.never(), "an answer is text"),
  /** Not supported: an answer is text. */
  modalities: only(z.array(z.literal("text")).check(z.maxLength(16)), "an answer is text"),
  tools: chatTools,
  tool_choice: chatToolChoice,
  /** Not supported: send `tools` instead. */
  functions: only(z.array(z.never()).check(z.maxLength(0)), "send `tools` instead"),
  response_format: chatFormat,
});

export const chatResponse = () =>
  z.object({
    /** The id of the completion. */
    id: z.string(),
    object: z.literal("chat.completion"),
    /** The time of the request, in seconds since 1970. */
    created: int(0),
    /** The model that answered. */
    model: z.string(),
    /** One answer. */
    choices: z.array(
      z.object({
        /** Always 0. */
        index: int(0),
        /** The answer. */
        message: z.object({
          role: z.literal("assistant"),
          /** The answer; null if it only calls functions. */
          content: z.nullable(z.string()),
          /** The answer if the model refuses; `content` is null then. */
          refusal: z.nullable(z.string()),
          /** The reasoning, if the model returns it. */
          reasoning_content: z.optional(z.string()),
          /** The functions that the answer calls. */
          tool_calls: z.optional(
            z.array(
              z.object({
                /** The id of the function call. */
                id: z.string(),
                type: z.literal("function"),
                /** The call. */
                function: z.object({
                  /** The name of the function. */
                  name: z.string(),
                  /** The arguments as JSON. */
                  arguments: z.string(),
                }),
              }),
            ),
          ),
        }),
        /** Always null. */
        logprobs: z.null(),
        finish_reason: finishReason,
      }),
    ),
    /** Tokens that the model counted, or estimates if it returned no counts. */
    usage: z.object({
      /** Tokens of the prompt. */
      prompt_tokens: int(0),
      /** Tokens of the answer. */
      completion_tokens: int(0),
      /** Tokens of both. */
      total_tokens: int(0),
      /** Details of the prompt's tokens. */
      prompt_tokens_details: z.optional(
        z.object({
          /** Tokens of the prompt that the model had in its cache. */
          cached_tokens: int(0),
        }),
      ),
    }),
  });
