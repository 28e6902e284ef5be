/** Shapes of responses. */
import * as z from "zod";
import { count, sessionId } from "./common-schema";
import { inputItem, onlyText, text } from "./openai-items";
import { maxTokens, only, reasoningEffort, sharedFields } from "./openai-schema";
import { responsesFormat, responsesToolChoice, responsesTools } from "./openai-tools";

export const responsesRequest = z.object({
  ...sharedFields,
  input: z
    .preprocess(
      onlyText,
      z
        .union([text.min(1), z.array(inputItem).min(1).max(1_000)], { error: "must be text, or 1 to 1,000 messages" })
        .transform((given) => (typeof given === "string" ? given : given.filter((item) => item !== null))),
    )
    .describe("The question, or a conversation that ends with it."),
  instructions: z.string().max(32_000).nullish().describe("Instructions for the model, after `SYSTEM_PROMPT`."),
  store: z.boolean().nullish().describe("Whether question and answer are stored; default true."),
  previous_response_id: z.string().max(512).nullish().describe("The response to continue from."),
  conversation: z
    .union([sessionId, z.object({ id: sessionId })], { error: "must be a session id, or an object with it as `id`" })
    .nullish()
    .describe("The session to continue, instead of `previous_response_id`."),
  max_output_tokens: maxTokens,
  tools: responsesTools,
  tool_choice: responsesToolChoice,
  text: z.object({ format: responsesFormat }).nullish().describe("The format of the answer."),
  reasoning: z
    .object({
      effort: reasoningEffort.describe(
        "The amount of reasoning, for a model that is not in the catalogue. The listed models do not reason.",
      ),
    })
    .nullish()
    .describe("The reasoning before the answer."),
  background: only(z.union([z.null(), z.literal(false)]), "you may disconnect, and read the response later by its id"),
});

export const responseParam = z.object({ responseId: z.string().min(1).max(512).describe("The id of the response.") });

export const deletedResponse = () =>
  z.object({
    id: z.string().describe("The id of the response."),
    object: z.literal("response").describe("Always `response`."),
    deleted: z.literal(true).describe("Always true."),
  });

const outputMessage = () =>
  z.object({
    type: z.literal("message").describe("Always `message`."),
    id: z.string().describe("The id of the item."),
    status: z.enum(["in_progress", "completed", "incomplete"]).describe("The status of the item."),
    role: z.literal("assistant").describe("Always `assistant`."),
    content: z
      .array(
        z.union([
          z.object({
            type: z.literal("output_text").describe("Always `output_text`."),
            text: z.string().describe("The answer."),
            annotations: z.array(z.never()).describe("Always empty."),
          }),
          z.object({
            type: z.literal("refusal").describe("Always `refusal`."),
            refusal: z.string().describe("The answer of a model that refuses."),
          }),
        ]),
      )
      .describe("The text of the answer."),
  });

const reasoningItem = () =>
  z.object({
    type: z.literal("reasoning").describe("Always `reasoning`."),
    id: z.string().describe("The id of the item."),
    summary: z.array(z.never()).describe("Always empty."),
    content: z
      .array(
        z.object({
          type: z.literal("reasoning_text").describe("Always `reasoning_text`."),
          text: z.string().describe("The reasoning."),
        }),
      )
      .describe("The reasoning before the answer."),
  });

const functionCall = () =>
  z.object({
    type: z.literal("function_call").describe("Always `function_call`."),
    id: z.string().describe("The id of the item."),
    call_id: z.string().describe("The id of the function call."),
    name: z.string().describe("The name of the function."),
    arguments: z.string().describe("The arguments as JSON."),
    status: z.literal("completed").describe("Always `completed`."),
  });

export const responsesResponse = () =>
  z.object({
    id: z.string().describe("The id of the response."),
    object: z.literal("response").describe("Always `response`."),
    created_at: count.describe("The time of the request, in seconds since 1970."),
    status: z
      .enum(["in_progress", "completed", "incomplete", "failed", "cancelled"])
      .describe("The status of the response. `incomplete`: the answer was cut off at its token limit."),
    error: z
      .object({
        code: z.string().describe("A stable name of the error, for programs."),
        message: z.string().describe("What happened, and what to do."),
      })
      .nullable()
      .describe("The error of a failed response."),
    incomplete_details: z
      .object({
        reason: z
          .enum(["max_output_tokens", "content_filter"])
          .describe("`max_output_tokens`: the token limit. `content_filter`: the model server's filter."),
      })
      .nullable()
      .describe("Why the answer is incomplete."),
    instructions: z.string().nullable().describe("The `instructions` of the request."),
    max_output_tokens: z.int().nullable().describe("The `max_output_tokens` of the request."),
    model: z.string().describe("The model that answered."),
    output: z
      .array(z.union([reasoningItem(), outputMessage(), functionCall()]))
      .describe("The reasoning if the model returns it; then a message, function calls, or both."),
    parallel_tool_calls: z.boolean().describe("The `parallel_tool_calls` of the request."),
    previous_response_id: z.string().nullable().describe("The `previous_response_id` of the request."),
    conversation: z
      .object({ id: z.string().describe("The id of the session.") })
      .nullable()
      .describe("The session, if the request named it."),
    store: z.boolean().describe("Whether question and answer are stored."),
    temperature: z.number().nullable().describe("The `temperature` of the request."),
    text: z
      .object({
        format: z
          .looseObject({ type: z.string().describe("The kind of format.") })
          .describe("The format of the answer."),
      })
      .describe("The `text` of the request."),
    tool_choice: z.union([z.string(), z.looseObject({})]).describe("The `tool_choice` of the request."),
    tools: z
      .array(z.looseObject({ type: z.literal("function").describe("Always `function`.") }))
      .describe("The `tools` of the request."),
    top_p: z.null().describe("Always null."),
    truncation: z.literal("auto").describe("Always `auto`."),
    metadata: z.object({}).describe("Always empty."),
    usage: z
      .object({
        input_tokens: count.describe("Tokens of the prompt."),
        input_tokens_details: z
          .object({ cached_tokens: count.describe("Tokens of the prompt that the model had in its cache.") })
          .describe("Details of the prompt's tokens."),
        output_tokens: count.describe("Tokens of the answer."),
        output_tokens_details: z
          .object({ reasoning_tokens: count.describe("Always 0.") })
          .describe("Details of the answer's tokens."),
        total_tokens: count.describe("Tokens of both."),
      })
      .nullable()
      .describe("Tokens that the model counted, or estimates if it returned no counts; null before the end."),
  });
