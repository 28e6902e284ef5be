/** The OpenAI surface: models and chat completions. Stateless unless the request names a session. */
import { Hono } from "hono";
import type * as z from "zod";
import { type AppEnv, settingsOf } from "../../env";
import { valid } from "../../middleware/validation";
import { openaiProblem, respondOpenAI } from "../../problem";
import type { FinishedTurn, TurnEvent } from "../../turn/types";
import { EVENT_STREAM_HEADERS, eventStream } from "../../wire/ask-events";
import { answered, modelFor, streamed } from "../session";
import { conversationOf, memoryOf, questionOf, sessionIdOf } from "./conversation";
import { chatRequest, type chatResponse, type modelsResponse } from "./shapes";

export const seconds = () => Math.floor(Date.now() / 1000);

const usageOf = ({ usage }: FinishedTurn) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.totalTokens,
});

/** How a turn's events are told as chunks of a chat completion; never the model's own chunks. */
function chunks(turnId: string, includeUsage: boolean): (event: TurnEvent) => string {
  const head = { id: `chatcmpl-${turnId}`, object: "chat.completion.chunk", created: seconds() };
  let model = "";
  const chunk = (choices: object[], usage: object | null = null) =>
    `data: ${JSON.stringify({ ...head, model, choices, ...(includeUsage && { usage }) })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
  return (event) => {
    switch (event.type) {
      case "start":
        model = event.model;
        return choice({ role: "assistant", content: "" });
      case "delta":
        return choice({ content: event.text });
      case "done": {
        const usage = includeUsage ? chunk([], usageOf(event.finished)) : "";
        return `${choice({}, event.finished.finishReason ?? "stop")}${usage}data: [DONE]\n\n`;
      }
      case "failed":
        return `data: ${JSON.stringify(openaiProblem(event.failure))}\n\n`;
    }
  };
}

export const openai = new Hono<AppEnv>()
  /** `GET /v1/models`: the models that may answer. */
  .get("/v1/models", (c) => {
    const { MODEL, FALLBACK_MODEL } = settingsOf(c.env);
    const body: z.input<typeof modelsResponse> = {
      object: "list",
      data: [MODEL, FALLBACK_MODEL]
        .filter(Boolean)
        .map((id) => ({ id, object: "model" as const, created: 0, owned_by: "llamory" })),
    };
    return c.json(body, 200);
  })
  /** `POST /v1/chat/completions` */
  .post("/v1/chat/completions", valid("json", chatRequest), async (c) => {
    const request = c.req.valid("json");
    const conversation = conversationOf(request.messages, "messages");
    const sessionId = sessionIdOf(c, request.metadata);
    const session = memoryOf(c, sessionId, conversation);
    const model = modelFor(c, sessionId ?? c.var.requestId);
    const ask = questionOf(c, conversation, {
      maxTokens: request.max_completion_tokens ?? request.max_tokens,
      temperature: request.temperature,
    });
    if (request.stream) {
      const result = await streamed(c, session, model, ask);
      if (!result.ok) return respondOpenAI(c, result.failure);
      const { turnId, events } = result.value;
      const includeUsage = request.stream_options?.include_usage ?? false;
      return c.body(eventStream(events, chunks(turnId, includeUsage)), 200, EVENT_STREAM_HEADERS);
    }
    const result = await answered(c, session, model, ask);
    if (!result.ok) return respondOpenAI(c, result.failure);
    const turn = result.value;
    const body: z.input<typeof chatResponse> = {
      id: `chatcmpl-${turn.turnId}`,
      object: "chat.completion",
      created: seconds(),
      model: turn.model,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: turn.answer, refusal: null },
          logprobs: null,
          finish_reason: turn.finishReason ?? "stop",
        },
      ],
      usage: usageOf(turn),
    };
    return c.json(body, 200);
  });
