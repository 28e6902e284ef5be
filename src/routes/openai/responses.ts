/** The OpenAI surface: responses. Each one is remembered, in a session that the next one may go on with. */
import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../../env";
import { valid } from "../../middleware/validation";
import { openaiProblem, respondOpenAI } from "../../problem";
import { sessionId as sessionIdSchema } from "../../schema";
import { readOnly } from "../../turn/stateless";
import type { FinishedTurn, TurnEvent } from "../../turn/types";
import { EVENT_STREAM_HEADERS, eventStream } from "../../wire/ask-events";
import { answered, modelFor, streamed } from "../session";
import { seconds } from "./completions";
import { conversationOf, invalid, memoryOf, questionOf, sessionIdOf } from "./conversation";
import { responsesRequest, type responsesResponse } from "./shapes";

type Request = z.output<typeof responsesRequest>;
type Response = z.input<typeof responsesResponse>;

/** A response's id names its session and its turn, so that `previous_response_id` needs no index of its own. */
const responseId = (sessionId: string, turnId: string) => `resp_${btoa(sessionId).replaceAll("=", "")}.${turnId}`;

/** The session of a response's id; undefined where it is no id of ours. */
function sessionOfResponse(id: string): string | undefined {
  const [, encoded] = /^resp_([A-Za-z0-9+/]+)\./.exec(id) ?? [];
  try {
    return sessionIdSchema.safeParse(atob(encoded ?? "")).data;
  } catch {
    return undefined;
  }
}

/** The session that a request goes on with; undefined for one that begins. */
function namedSession(request: Request): string | undefined {
  const { conversation, previous_response_id: previous } = request;
  if (conversation && previous) {
    throw invalid("previous_response_id", "cannot be given together with `conversation`");
  }
  if (conversation) return typeof conversation === "string" ? conversation : conversation.id;
  if (!previous) return undefined;
  const sessionId = sessionOfResponse(previous);
  if (sessionId === undefined) throw invalid("previous_response_id", "is no id of a response");
  return sessionId;
}

/** The response object in any state of its turn. */
function response(request: Request, sessionId: string, turnId: string, created_at: number) {
  const message = (text: string, status: "completed" | "incomplete") => ({
    type: "message" as const,
    id: `msg_${turnId}`,
    status,
    role: "assistant" as const,
    content: [{ type: "output_text" as const, text, annotations: [] }],
  });
  const base: Response = {
    id: responseId(sessionId, turnId),
    object: "response",
    created_at,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model: "",
    output: [],
    parallel_tool_calls: false,
    previous_response_id: request.previous_response_id ?? null,
    conversation: request.conversation ? { id: sessionId } : null,
    store: request.store ?? true,
    temperature: request.temperature ?? null,
    text: { format: { type: "text" } },
    tool_choice: "none",
    tools: [],
    top_p: null,
    truncation: "auto",
    metadata: {},
    usage: null,
  };
  return {
    base,
    message,
    finished: ({ answer: text, model, finishReason, usage }: FinishedTurn): Response => {
      const status = finishReason === "length" ? "incomplete" : "completed";
      return {
        ...base,
        status,
        incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
        model,
        output: [message(text, status)],
        usage: {
          input_tokens: usage.promptTokens,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: usage.completionTokens,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: usage.totalTokens,
        },
      };
    },
  };
}

/** How a turn's events are told as the events of a streamed response. */
function responseEvents(request: Request, sessionId: string, turnId: string): (event: TurnEvent) => string {
  const { base, message, finished } = response(request, sessionId, turnId, seconds());
  const place = { item_id: `msg_${turnId}`, output_index: 0, content_index: 0 };
  let sequence_number = 0;
  let text = "";
  const tell = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...data })}\n\n`;
  return (event) => {
    switch (event.type) {
      case "start": {
        const started = { ...base, model: event.model };
        return [
          tell("response.created", { response: started }),
          tell("response.in_progress", { response: started }),
          tell("response.output_item.added", {
            output_index: 0,
            item: { ...message("", "completed"), status: "in_progress", content: [] },
          }),
          tell("response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } }),
        ].join("");
      }
      case "delta":
        text += event.text;
        return tell("response.output_text.delta", { ...place, delta: event.text, logprobs: [] });
      case "done": {
        const whole = finished(event.finished);
        const type = whole.status === "incomplete" ? "response.incomplete" : "response.completed";
        return [
          tell("response.output_text.done", { ...place, text, logprobs: [] }),
          tell("response.content_part.done", { ...place, part: { type: "output_text", text, annotations: [] } }),
          tell("response.output_item.done", { output_index: 0, item: whole.output[0] }),
          tell(type, { response: whole }),
        ].join("");
      }
      case "failed": {
        const { code, message: why } = openaiProblem(event.failure).error;
        return [
          tell("response.failed", { response: { ...base, status: "failed", error: { code, message: why } } }),
          tell("error", { code, message: why, param: null }),
        ].join("");
      }
    }
  };
}

export const responses = new Hono<AppEnv>()
  /** `POST /v1/responses` */
  .post("/v1/responses", valid("json", responsesRequest), async (c) => {
    const request = c.req.valid("json");
    const input =
      typeof request.input === "string" ? [{ role: "user" as const, content: request.input }] : request.input;
    const conversation = conversationOf(input, "input");
    const named = namedSession(request) ?? sessionIdOf(c, request.metadata);
    const remembered = request.store ?? true;
    const sessionId = named ?? `resp-${crypto.randomUUID()}`;
    const memory = memoryOf(c, named ?? (remembered ? sessionId : undefined), conversation);
    const session = named !== undefined && !remembered ? () => readOnly(memory) : memory;
    const system = [request.instructions, conversation.system].filter(Boolean).join("\n\n") || undefined;
    const ask = questionOf(
      c,
      { ...conversation, system },
      { maxTokens: request.max_output_tokens, temperature: request.temperature },
    );
    const model = modelFor(c, sessionId);
    if (request.stream) {
      const result = await streamed(c, session, model, ask);
      if (!result.ok) return respondOpenAI(c, result.failure);
      const { turnId, events } = result.value;
      return c.body(eventStream(events, responseEvents(request, sessionId, turnId)), 200, EVENT_STREAM_HEADERS);
    }
    const result = await answered(c, session, model, ask);
    if (!result.ok) return respondOpenAI(c, result.failure);
    return c.json(response(request, sessionId, result.value.turnId, seconds()).finished(result.value), 200);
  });
