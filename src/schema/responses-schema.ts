/** Shapes of responses. */
import * as z from "zod/mini";
import { MAX_ANSWER } from "../limits";
import { sessionId } from "./common-schema";
import {
  always,
  count,
  described,
  intFromText,
  list,
  nullable,
  nullish,
  object,
  objects,
  optional,
  text,
} from "./fields";
import { itemList, longText } from "./openai-items";
import { maxTokens, reasoningEffort, sharedFields } from "./openai-schema";
import { responsesFormat, responsesToolChoice, responsesTools } from "./openai-tools";

export const responsesRequest = z.object({
  ...sharedFields,
  input: described(
    "The question, or a conversation that ends with it.",
    z.union([longText.check(z.minLength(1)), itemList(1)], { error: "must be text, or 1 to 1,000 messages" }),
  ),
  instructions: nullish(
    "Instructions for the model, after `SYSTEM_PROMPT`.",
    z.string().check(z.maxLength(MAX_ANSWER)),
  ),
  store: nullish("Whether question and answer are stored; default true.", z.boolean()),
  previous_response_id: nullish("The response to continue from.", z.string().check(z.maxLength(512))),
  conversation: nullish(
    "The session to continue, instead of `previous_response_id`.",
    z.union([sessionId, z.object({ id: sessionId })], { error: "must be a session id, or an object with it as `id`" }),
  ),
  max_output_tokens: maxTokens,
  tools: responsesTools,
  tool_choice: responsesToolChoice,
  text: nullish("The format of the answer.", z.object({ format: responsesFormat })),
  reasoning: nullish(
    "The reasoning before the answer.",
    z.object({
      effort: described(
        "The amount of reasoning, for a model that is not in the catalogue. The listed models do not reason.",
        reasoningEffort,
      ),
    }),
  ),
  truncation: nullish("Accepted and repeated: a prompt always fits.", z.enum(["auto", "disabled"])),
  background: nullish("Returns the response before its answer. Read it by its id.", z.boolean()),
});

export const responseQuery = z.object({
  stream: optional("Sends the events of the response, live or replayed.", z.enum(["true", "false"])),
  starting_after: optional(
    "Sends only events with a greater `sequence_number`; only with `stream`.",
    intFromText(0, Number.MAX_SAFE_INTEGER),
  ),
});

export const responseParam = z.object({
  responseId: described("The id of the response.", z.string().check(z.minLength(1), z.maxLength(512))),
});

export const deletedResponse = () =>
  z.object({ id: text("The id of the response."), object: always("response"), deleted: always(true) });

export const itemStatus = () =>
  described("The status of the item.", z.enum(["in_progress", "completed", "incomplete"]));

export const outputMessage = () =>
  z.object({
    type: always("message"),
    id: text("The id of the item."),
    status: itemStatus(),
    role: always("assistant"),
    content: list(
      "The text of the answer.",
      z.union([
        z.object({
          type: always("output_text"),
          text: text("The answer."),
          annotations: list("Always empty.", z.never()),
        }),
        z.object({ type: always("refusal"), refusal: text("The answer of a model that refuses.") }),
      ]),
    ),
  });

const reasoningItem = () =>
  z.object({
    type: always("reasoning"),
    id: text("The id of the item."),
    summary: list("Always empty.", z.never()),
    content: objects("The reasoning before the answer.", {
      type: always("reasoning_text"),
      text: text("The reasoning."),
    }),
  });

export const functionCall = () =>
  z.object({
    type: always("function_call"),
    id: text("The id of the item."),
    call_id: text("The id of the function call."),
    name: text("The name of the function."),
    arguments: text("The arguments as JSON."),
    status: always("completed"),
  });

export const responsesResponse = () =>
  z.object({
    id: text("The id of the response."),
    object: always("response"),
    created_at: count("The time of the request, in seconds since 1970."),
    status: described(
      "The status of the response. `incomplete`: the answer was cut off at its token limit.",
      z.enum(["in_progress", "completed", "incomplete", "failed", "cancelled"]),
    ),
    error: nullable(
      "The error of a failed response.",
      z.object({
        code: text("A stable name of the error, for programs."),
        message: text("What happened, and what to do."),
      }),
    ),
    incomplete_details: nullable(
      "Why the answer is incomplete.",
      z.object({
        reason: described(
          "`max_output_tokens`: the token limit. `content_filter`: the model server's filter.",
          z.enum(["max_output_tokens", "content_filter"]),
        ),
      }),
    ),
    instructions: nullable("The `instructions` of the request.", z.string()),
    max_output_tokens: nullable("The `max_output_tokens` of the request.", z.int()),
    model: text("The model that answered."),
    output: list(
      "The reasoning if the model returns it; then a message, function calls, or both.",
      z.union([reasoningItem(), outputMessage(), functionCall()]),
    ),
    parallel_tool_calls: described("The `parallel_tool_calls` of the request.", z.boolean()),
    previous_response_id: nullable("The `previous_response_id` of the request.", z.string()),
    conversation: nullable("The session, if the request named it.", z.object({ id: text("The id of the session.") })),
    store: described("Whether question and answer are stored.", z.boolean()),
    temperature: nullable("The `temperature` of the request.", z.number()),
    text: object("The `text` of the request.", {
      format: described("The format of the answer.", z.looseObject({ type: text("The kind of format.") })),
    }),
    tool_choice: described("The `tool_choice` of the request.", z.union([z.string(), z.looseObject({})])),
    tools: list("The `tools` of the request.", z.looseObject({ type: always("function") })),
    top_p: nullable("The `top_p` of the request.", z.number()),
    truncation: described("The `truncation` of the request.", z.enum(["auto", "disabled"])),
    metadata: described("The `metadata` of the request.", z.record(z.string(), z.string())),
    usage: nullable(
      "Tokens that the model counted, or estimates if it returned no counts; null before the end.",
      z.object({
        input_tokens: count("Tokens of the prompt."),
        input_tokens_details: object("Details of the prompt's tokens.", {
          cached_tokens: count("Tokens of the prompt that the model had in its cache."),
        }),
        output_tokens: count("Tokens of the answer."),
        output_tokens_details: object("Details of the answer's tokens.", { reasoning_tokens: count("Always 0.") }),
        total_tokens: count("Tokens of both."),
      }),
    ),
  });
