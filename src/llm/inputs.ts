/** A call of the model as the binding takes it. */
import type { FittedPrompt, ModelCall } from "../turn/ports";
import type { PromptMessage, Tools } from "../turn/types";
import type { ChatInputs, ModelMessage } from "./binding";

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

export function inputsOf({ messages, maxTokens }: FittedPrompt, call: ModelCall, stream: boolean): ChatInputs {
  const { temperature, topP, seed, frequencyPenalty, presencePenalty, stop } = call.sampling;
  const { tools, format } = call;
  return {
    messages: messagesOf(messages),
    max_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(stop !== undefined && { stop }),
    ...(stream && { stream }),
    ...(tools && toolsOf(tools)),
    ...(format && {
      response_format:
        format.schema === null
          ? { type: "json_object" as const }
          : { type: "json_schema" as const, json_schema: JSON.parse(format.schema) },
    }),
  };
}

/** All texts of a call, which no log line may repeat. */
export const textsOf = ({ messages, tools = [], response_format: format }: ChatInputs): string[] => [
  ...messages.flatMap(({ content, tool_calls: calls = [] }) => [
    content,
    ...calls.map((call) => call.function.arguments),
  ]),
  ...tools.flatMap(({ function: { name, description, parameters } }) => [
    name,
    description,
    JSON.stringify(parameters),
  ]),
  ...(format?.type === "json_schema" ? [JSON.stringify(format.json_schema)] : []),
];
