import type { Encode, FinishedTurn, ToolCall, Usage } from "../turn/types";
import { openaiErrorOf } from "./problem";

/** The stream of `POST /v1/chat/completions`. */
export interface ChatForm {
  name: "chat";
  /** Seconds since 1970. */
  created: number;
  includeUsage: boolean;
}

const usageOf = ({ promptTokens, completionTokens, totalTokens, cachedTokens }: Usage) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: totalTokens,
  ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
});

const callOf = ({ id, name, arguments: json }: ToolCall) => ({
  id,
  type: "function" as const,
  function: { name, arguments: json },
});

/** Returns a finished turn as a chat completion. */
export const chatCompletion = (turnId: string, created: number, turn: FinishedTurn) => ({
  id: `chatcmpl-${turnId}`,
  object: "chat.completion" as const,
  created,
  model: turn.model,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant" as const,
        content: turn.refused || (turn.toolCalls && turn.answer === "") ? null : turn.answer,
        refusal: turn.refused ? turn.answer : null,
        reasoning_content: turn.reasoning || undefined,
        tool_calls: turn.toolCalls?.map(callOf),
      },
      logprobs: null,
      finish_reason: turn.finishReason ?? ("stop" as const),
    },
  ],
  usage: usageOf(turn.usage),
});

/** Encodes the chunks of a chat completion. The model's own chunks are never passed on. */
export function chatChunks({ created, includeUsage }: ChatForm, turnId: string): Encode {
  const head = { id: `chatcmpl-${turnId}`, object: "chat.completion.chunk", created };
  let model = "";
  const chunk = (choices: object[], usage: object | null = null) =>
    `data: ${JSON.stringify({ ...head, model, choices, usage: includeUsage ? usage : undefined })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
  return (event) => {
    switch (event.type) {
      case "start":
        model = event.model;
        return choice({ role: "assistant", content: "" });
      case "delta":
        return choice(event.refused ? { refusal: event.text } : { content: event.text });
      case "reasoning":
        return choice({ reasoning_content: event.text });
      case "done": {
        const { finishReason, toolCalls = [], usage } = event.finished;
        const calls = toolCalls.flatMap((call, index) => {
          const { function: called, ...head } = callOf(call);
          return [
            choice({ tool_calls: [{ index, ...head, function: { name: called.name, arguments: "" } }] }),
            choice({ tool_calls: [{ index, function: { arguments: called.arguments } }] }),
          ];
        });
        const last = includeUsage ? chunk([], usageOf(usage)) : "";
        return `${calls.join("")}${choice({}, finishReason ?? "stop")}${last}data: [DONE]\n\n`;
      }
      case "failed":
        return `data: ${JSON.stringify(openaiErrorOf(event.failure))}\n\n`;
    }
  };
}
