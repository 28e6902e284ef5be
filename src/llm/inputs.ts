/** Builds the inputs of a model call, without the control tokens of Llama's chat templates. */
import type { FittedPrompt, ModelCall } from "../turn/ports";
import type { AnswerFormat, PromptMessage, Tools } from "../turn/types";
import type { ChatInputs, ModelMessage, ResponseFormat } from "./binding";
import { cleanMessages, withoutControlTokens } from "./control-tokens";
import type { Lack } from "./lacks";

/** Returns the messages in order. Tool results get their function's name, which some chat templates need. */
function messagesOf(messages: PromptMessage[]): ModelMessage[] {
  const names = new Map<string, string>();
  return messages.map(({ role, content, toolCalls, toolCallId }) => {
    // Two answers may use the same id. A result belongs to the latest call before it.
    for (const { id, name } of toolCalls ?? []) names.set(id, name);
    const name = toolCallId === undefined ? undefined : names.get(toolCallId);
    return {
      role,
      content,
      tool_calls: toolCalls?.map(({ id, name, arguments: json }) => ({
        id,
        type: "function",
        function: { name, arguments: json },
      })),
      tool_call_id: toolCallId,
      name,
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

/** Asks a model without JSON mode for JSON in words. The prompt's budget always includes the schema. */
const withInstruction = ([system, ...rest]: PromptMessage[], { schema }: AnswerFormat): PromptMessage[] => {
  const wanted = schema === null ? "a JSON object" : "JSON that matches the JSON Schema below";
  const instruction = `Reply with ${wanted}, and nothing else.${schema === null ? "" : `\n${schema}`}`;
  return system ? [{ ...system, content: `${system.content}\n\n${instruction}` }, ...rest] : [];
};

/** Builds the inputs of a call (JSON omits fields that are undefined), and removes control tokens from all texts of clients. */
export function inputsOf(
  { messages, maxTokens }: FittedPrompt,
  call: ModelCall,
  stream: boolean,
  lacks: ReadonlySet<Lack>,
): ChatInputs {
  const { temperature, topP, seed, frequencyPenalty, presencePenalty, stop, reasoningEffort } = call.sampling;
  const { tools, format } = call;
  const [instructed, mode] = lacks.has("json") ? [format, undefined] : [undefined, format];
  return {
    messages: messagesOf(cleanMessages(instructed ? withInstruction(messages, instructed) : messages)),
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    seed,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    stream: stream || undefined,
    ...withoutControlTokens({
      stop,
      ...(tools && toolsOf(tools)),
      response_format: mode && formatOf(mode),
      reasoning_effort: lacks.has("reasoning") ? undefined : reasoningEffort,
    }),
  };
}
