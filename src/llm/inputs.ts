/** A call of the model as the binding takes it, without the control tokens of Llama's chat templates. */
import type { FittedPrompt, ModelCall } from "../turn/ports";
import type { AnswerFormat, PromptMessage, Tools } from "../turn/types";
import type { ChatInputs, ModelMessage, ResponseFormat } from "./binding";
import { cleanMessages, withoutControlTokens } from "./control-tokens";

/** Messages in the order of the prompt; each result carries the name of its function, which some chat templates want. */
function messagesOf(messages: PromptMessage[]): ModelMessage[] {
  const names = new Map(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name])));
  return messages.map(({ role, content, toolCalls, toolCallId }) => {
    const name = toolCallId === undefined ? undefined : names.get(toolCallId);
    return {
      role,
      content,
      ...(toolCalls && {
        tool_calls: toolCalls.map(({ id, name, arguments: json }) => ({
          id,
          type: "function" as const,
          function: { name, arguments: json },
        })),
      }),
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
      ...(name !== undefined && { name }),
    };
  });
}

const toolsOf = ({ list, required }: Tools): Pick<ChatInputs, "tools" | "tool_choice"> => ({
  tools: list.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters: JSON.parse(parameters) },
  })),
  tool_choice: required ? "required" : "auto",
});

const formatOf = ({ schema }: AnswerFormat): ResponseFormat =>
  schema === null ? { type: "json_object" } : { type: "json_schema", json_schema: JSON.parse(schema) };

/** Builds the inputs of a call. All texts of clients pass here, and are cleaned here. */
export function inputsOf({ messages, maxTokens }: FittedPrompt, call: ModelCall, stream: boolean): ChatInputs {
  const { temperature, topP, seed, frequencyPenalty, presencePenalty, stop } = call.sampling;
  const { tools, format } = call;
  return {
    messages: messagesOf(cleanMessages(messages)),
    max_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(stream && { stream }),
    ...withoutControlTokens({
      ...(stop !== undefined && { stop }),
      ...(tools && toolsOf(tools)),
      ...(format && { response_format: formatOf(format) }),
    }),
  };
}
