/** Shapes of chat completions. */
import * as z from "zod/mini";
import { finishReason } from "./common-schema";
import { always, count, described, nullable, nullish, number, object, objects, text } from "./fields";
import { chatMessage, onlyText } from "./openai-items";
import { maxTokens, only, reasoningEffort, sharedFields } from "./openai-schema";
import { chatFormat, chatToolChoice, chatTools } from "./openai-tools";

const stopText = z.string().check(z.minLength(1), z.maxLength(256));
const penalty = z.nullish(number(-2, 2));

export const chatRequest = z.object({
  ...sharedFields,
  messages: described(
    "The conversation. With a session, only the messages after the last assistant message are new. Requests of Open WebUI are aligned with the session: turns that were edited are replaced.",
    z.pipe(z.transform(onlyText), z.array(chatMessage).check(z.minLength(1), z.maxLength(10_000))),
  ),
  stream_options: nullish(
    "Options of a stream.",
    z.object({ include_usage: nullish("Sends the token usage in the last chunk.", z.boolean()) }),
  ),
  max_tokens: maxTokens,
  max_completion_tokens: maxTokens,
  seed: nullish("Makes answers repeatable, as far as the model can.", z.int()),
  reasoning_effort: described(
    "The amount of reasoning, for a model that is not in the catalogue. The listed models do not reason.",
    reasoningEffort,
  ),
  frequency_penalty: described("Lowers the probability of tokens by their number so far.", penalty),
  presence_penalty: described("Lowers the probability of tokens that occurred.", penalty),
  stop: nullish(
    "Up to 4 texts that end the answer.",
    z.union([stopText, z.array(stopText).check(z.maxLength(4))], {
      error: "must be a text, or up to 4, of 1 to 256 characters",
    }),
  ),
  n: only(z.union([z.null(), z.literal(1)]), "one answer is given, ask again for another"),
  logit_bias: only(z.union([z.null(), z.strictObject({})]), "the model has no token ids"),
  logprobs: only(z.union([z.null(), z.literal(false)]), "the model does not return them"),
  top_logprobs: only(z.union([z.null(), z.literal(0)]), "the model does not return them"),
  audio: only(z.null(), "an answer is text"),
  modalities: only(z.union([z.null(), z.array(z.literal("text"))]), "an answer is text"),
  tools: chatTools,
  tool_choice: chatToolChoice,
  functions: only(z.union([z.null(), z.array(z.never()).check(z.maxLength(0))]), "send `tools` instead"),
  response_format: chatFormat,
});

export const chatResponse = () =>
  z.object({
    id: text("The id of the completion."),
    object: always("chat.completion"),
    created: count("The time of the request, in seconds since 1970."),
    model: text("The model that answered."),
    choices: objects("One answer.", {
      index: count("Always 0."),
      message: object("The answer.", {
        role: always("assistant"),
        content: nullable("The answer; null if it only calls functions.", z.string()),
        refusal: nullable("The answer if the model refuses; `content` is null then.", z.string()),
        reasoning_content: z.optional(text("The reasoning, if the model returns it.")),
        tool_calls: z.optional(
          objects("The functions that the answer calls.", {
            id: text("The id of the function call."),
            type: always("function"),
            function: object("The call.", {
              name: text("The name of the function."),
              arguments: text("The arguments as JSON."),
            }),
          }),
        ),
      }),
      logprobs: described("Always null.", z.null()),
      finish_reason: finishReason,
    }),
    usage: object("Tokens that the model counted, or estimates if it returned no counts.", {
      prompt_tokens: count("Tokens of the prompt."),
      completion_tokens: count("Tokens of the answer."),
      total_tokens: count("Tokens of both."),
      prompt_tokens_details: z.optional(
        object("Details of the prompt's tokens.", {
          cached_tokens: count("Tokens of the prompt that the model had in its cache."),
        }),
      ),
    }),
  });
