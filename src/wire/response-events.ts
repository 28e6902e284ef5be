import { openaiErrorOf } from "../problem";
import type { Encode, FinishedTurn, StoredTurn } from "../turn/types";

/** What a response repeats of its request. */
export interface ResponseEcho {
  instructions: string | null;
  max_output_tokens: number | null;
  temperature: number | null;
  previous_response_id: string | null;
  conversation: { id: string } | null;
  store: boolean;
}

/** The stream of `POST /v1/responses`. */
export interface ResponsesForm {
  name: "responses";
  /** Seconds since 1970. */
  created: number;
  sessionId: string;
  echo: ResponseEcho;
}

/** `kind_session.turn`: names its session and its turn, so that going on from it needs no index of its own. */
export const openaiId = (kind: "resp" | "msg", sessionId: string, turnId: string) =>
  `${kind}_${btoa(sessionId).replaceAll("=", "")}.${turnId}`;

/** The session and turn that an id names; undefined where it is no id of ours. */
export function parseOpenaiId(kind: "resp" | "msg", id: string): { sessionId: string; turnId: string } | undefined {
  const [, prefix, encoded, turnId] = /^(resp|msg)_([A-Za-z0-9+/]+)\.(.+)$/.exec(id) ?? [];
  if (prefix !== kind || encoded === undefined || turnId === undefined) return undefined;
  try {
    return { sessionId: atob(encoded), turnId };
  } catch {
    return undefined;
  }
}

function outputMessage(form: ResponsesForm, turnId: string, text: string, status: "completed" | "incomplete") {
  return {
    type: "message" as const,
    id: openaiId("msg", form.sessionId, turnId),
    status,
    role: "assistant" as const,
    content: [{ type: "output_text" as const, text, annotations: [] }],
  };
}

/** A response before its answer. */
const begun = ({ created, sessionId, echo }: ResponsesForm, turnId: string, model: string) => ({
  id: openaiId("resp", sessionId, turnId),
  object: "response" as const,
  created_at: created,
  status: "in_progress" as const,
  error: null,
  incomplete_details: null,
  ...echo,
  model,
  output: [],
  parallel_tool_calls: false as const,
  text: { format: { type: "text" as const } },
  tool_choice: "none" as const,
  tools: [],
  top_p: null,
  truncation: "auto" as const,
  metadata: {},
  usage: null,
});

/** A turn that is over as a response. */
export function responseOfTurn(form: ResponsesForm, turnId: string, turn: FinishedTurn) {
  const { answer, model, finishReason, usage } = turn;
  const status = finishReason === "length" ? ("incomplete" as const) : ("completed" as const);
  return {
    ...begun(form, turnId, model),
    status,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" as const } : null,
    output: [outputMessage(form, turnId, answer, status)],
    usage: {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.totalTokens,
    },
  };
}

/** A turn as it is remembered, as a response; of its request no more is known than its session. */
export function responseOfStored(sessionId: string, turn: StoredTurn) {
  const unknown = { instructions: null, max_output_tokens: null, temperature: null, previous_response_id: null };
  const created = Math.floor(turn.createdAt / 1_000);
  const echo = { ...unknown, conversation: { id: sessionId }, store: true };
  const form: ResponsesForm = { name: "responses", created, sessionId, echo };
  const said = turn.answer === "" ? [] : [outputMessage(form, turn.id, turn.answer, "incomplete")];
  const ended = { ...begun(form, turn.id, turn.model), output: said };
  const { status } = turn;
  switch (status) {
    case "running":
      return ended;
    case "complete":
      return responseOfTurn(form, turn.id, { ...turn, status });
    case "cancelled":
      return { ...ended, status: "cancelled" as const };
    case "interrupted": {
      const { code, message } = openaiErrorOf({ reason: "turn_interrupted" }).error;
      return { ...ended, status: "failed" as const, error: { code, message } };
    }
  }
}

/** Events of a streamed response. */
export function responseEvents(form: ResponsesForm, turnId: string): Encode {
  const place = { item_id: openaiId("msg", form.sessionId, turnId), output_index: 0, content_index: 0 };
  let sequence_number = 0;
  let model = "";
  const encode = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...data })}\n\n`;
  return (event) => {
    switch (event.type) {
      case "start": {
        model = event.model;
        const response = begun(form, turnId, model);
        const item = { ...outputMessage(form, turnId, "", "completed"), status: "in_progress", content: [] };
        return [
          encode("response.created", { response }),
          encode("response.in_progress", { response }),
          encode("response.output_item.added", { output_index: 0, item }),
          encode("response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } }),
        ].join("");
      }
      case "delta":
        return encode("response.output_text.delta", { ...place, delta: event.text, logprobs: [] });
      case "done": {
        const response = responseOfTurn(form, turnId, event.finished);
        const { answer: text } = event.finished;
        return [
          encode("response.output_text.done", { ...place, text, logprobs: [] }),
          encode("response.content_part.done", { ...place, part: { type: "output_text", text, annotations: [] } }),
          encode("response.output_item.done", { output_index: 0, item: response.output[0] }),
          encode(`response.${response.status}`, { response }),
        ].join("");
      }
      case "failed": {
        const { code, message } = openaiErrorOf(event.failure).error;
        const response = { ...begun(form, turnId, model), status: "failed", error: { code, message } };
        return [encode("response.failed", { response }), encode("error", { code, message, param: null })].join("");
      }
    }
  };
}
