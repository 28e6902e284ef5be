/** Shapes of chat completions. */
import * as z from "zod";
import { count, finishReason } from "./common-schema";
import { chatMessage, onlyText } from "./openai-items";
import { maxTokens, only, reasoningEffort, sharedFields } from "./openai-schema";
import { chatFormat, chatToolChoice, chatTools } from "./openai-tools";

const stopText = z.string().min(1).max(256);
const penalty = z.number().min(-2).max(2).nullish();

export const chatRequest = z.object({
  ...sharedFields,
  messages: z
    .preprocess(onlyText, z.array(chatMessage).min(1).max(10_000))
    .describe(
      "The conversation. With a session, only the messages after the last assistant message are new. Requests of Open WebUI are aligned with the session: turns that were edited are replaced.",
    ),
  stream_options: z
    .object({ include_usage: z.boolean().nullish().describe("Sends the token usage in the last chunk.") })
    .nullish()
    .describe("Options of a stream."),
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  seed: z.int().nullish().describe("Makes answers repeatable, as far as the model can."),
  reasoning_effort: reasoningEffort.describe(
    "The amount of reasoning, for a model that is not in the catalogue. The listed models do not reason.",
  ),
  frequency_penalty: penalty.describe("Lowers the probability of tokens by their number so far."),
  presence_penalty: penalty.describe("Lowers the probability of tokens that occurred."),
  stop: z
    .union([stopText, z.array(stopText).max(4)], { error: "must be a text, or up to 4, of 1 to 256 characters" })
    .nullish()
    .describe("Up to 4 texts that end the answer."),
  n: only(z.union([z.null(), z.literal(1)]), "one answer is given, ask again for another"),
  logit_bias: only(z.union([z.null(), z.record(z.string(), z.never())]), "the model has no token ids"),
  logprobs: only(z.union([z.null(), z.literal(false)]), "the model does not return them"),
  top_logprobs: only(z.union([z.null(), z.literal(0)]), "the model does not return them"),
  audio: only(z.null(), "an answer is text"),
  modalities: only(z.union([z.null(), z.array(z.literal("text"))]), "an answer is text"),
  tools: chatTools,
  tool_choice: chatToolChoice,
  functions: only(z.union([z.null(), z.array(z.never()).max(0)]), "send `tools` instead"),
  response_format: chatFormat,
});

export const chatResponse = () =>
  z.object({
    id: z.string().describe("The id of the completion."),
    object: z.literal("chat.completion").describe("Always `chat.completion`."),
    created: count.describe("The time of the request, in seconds since 1970."),
    model: z.string().describe("The model that answered."),
    choices: z
      .array(
        z.object({
          index: count.describe("Always 0."),
          message: z
            .object({
              role: z.literal("assistant").describe("Always `assistant`."),
              content: z.string().nullable().describe("The answer; null if it only calls functions."),
              refusal: z.string().nullable().describe("The answer if the model refuses; `content` is null then."),
              reasoning_content: z.string().describe("The reasoning, if the model returns it.").optional(),
              tool_calls: z
                .array(
                  z.object({
                    id: z.string().describe("The id of the function call."),
                    type: z.literal("function").describe("Always `function`."),
                    function: z
                      .object({
                        name: z.string().describe("The name of the function."),
                        arguments: z.string().describe("The arguments as JSON."),
                      })
                      .describe("The call."),
                  }),
                )
                .describe("The functions that the answer calls.")
                .optional(),
            })
            .describe("The answer."),
          logprobs: z.null().describe("Always null."),
          finish_reason: finishReason,
        }),
      )
      .describe("One answer."),
    usage: z
      .object({
        prompt_tokens: count.describe("Tokens of the prompt."),
        completion_tokens: count.describe("Tokens of the answer."),
        total_tokens: count.describe("Tokens of both."),
        prompt_tokens_details: z
          .object({ cached_tokens: count.describe("Tokens of the prompt that the model had in its cache.") })
          .describe("Details of the prompt's tokens.")
          .optional(),
      })
      .describe("Tokens that the model counted, or estimates if it returned no counts."),
  });
