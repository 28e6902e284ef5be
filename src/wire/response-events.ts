import type { Encode, FinishedTurn, StoredTurn, ToolCall } from "../turn/types";
import { openaiErrorOf } from "./problem";

/** Fields of the request that the response repeats. */
export interface ResponseEcho {
  instructions: string | null;
  max_output_tokens: number | null;
  temperature: number | null;
  previous_response_id: string | null;
  conversation: { id: string } | null;
  store: boolean;
  /** Tools and format of the request as JSON, because clients send them in any shape. */
  given: string;
}

/** The stream of `POST /v1/responses`. */
export interface ResponsesForm {
  name: "responses";
  /** Seconds since 1970. */
  created: number;
  sessionId: string;
  echo: ResponseEcho;
}

/** The prefix of an id: of a response, a message or a function call. */
type IdPrefix = "resp" | "msg" | "fc";

/** Returns the id `prefix_session.turn`. It contains session and turn, so that continuing needs no index. */
export const openaiId = (kind: IdPrefix, sessionId: string, turnId: string) =>
  `${kind}_${btoa(sessionId).replaceAll("=", "")}.${turnId}`;

/** Returns the session and turn of an id; undefined if this Worker did not create it. */
export function parseOpenaiId(kind: "resp" | "item", id: string): { sessionId: string; turnId: string } | undefined {
  const [, prefix, encoded, rest] = /^(resp|msg|fc)_([A-Za-z0-9+/]+)\.(.+)$/.exec(id) ?? [];
  if ((prefix === "resp") !== (kind === "resp") || encoded === undefined || rest === undefined) return undefined;
  const turnId = prefix === "fc" ? rest.replace(/\.\d+$/, "") : rest;
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

const functionCalls = ({ sessionId }: ResponsesForm, turnId: string, calls: ToolCall[]) =>
  calls.map(({ id, name, arguments: json }, at) => ({
    type: "function_call" as const,
    id: openaiId("fc", sessionId, `${turnId}.${at}`),
    call_id: id,
    name,
    arguments: json,
    status: "completed" as const,
  }));

/** Tools and format of a request. */
interface Given {
  tools: { type: "function"; [field: string]: unknown }[];
  tool_choice: string | { [field: string]: unknown };
  parallel_tool_calls: boolean;
  text: { format: { type: string; [field: string]: unknown } };
}

/** Returns a response before its answer. */
const begun = ({ created, sessionId, echo: { given, ...echo } }: ResponsesForm, turnId: string, model: string) => ({
  id: openaiId("resp", sessionId, turnId),
  object: "response" as const,
  created_at: created,
  status: "in_progress" as const,
  error: null,
  incomplete_details: null,
  ...echo,
  model,
  output: [],
  ...givenOf(given),
  top_p: null,
  truncation: "auto" as const,
  metadata: {},
  usage: null,
});

const givenOf = (json: string): Given => JSON.parse(json);

const NOTHING_GIVEN = JSON.stringify({
  tools: [],
  tool_choice: "auto",
  parallel_tool_calls: true,
  text: { format: { type: "text" } },
} satisfies Given);

/** Returns a finished turn as a response. */
export function responseOfTurn(form: ResponsesForm, turnId: string, turn: FinishedTurn) {
  const { answer, toolCalls = [], model, finishReason, usage } = turn;
  const status = finishReason === "length" ? ("incomplete" as const) : ("completed" as const);
  return {
    ...begun(form, turnId, model),
    status,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" as const } : null,
    output: [
      ...(answer === "" ? [] : [outputMessage(form, turnId, answer, status)]),
      ...functionCalls(form, turnId, toolCalls),
    ],
    usage: {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.totalTokens,
    },
  };
}

/** Returns a stored turn as a response. The fields of its request are not stored. */
export function responseOfStored(sessionId: string, turn: StoredTurn) {
  const unknown = { instructions: null, max_output_tokens: null, temperature: null, previous_response_id: null };
  const created = Math.floor(turn.createdAt / 1_000);
  const echo = { ...unknown, conversation: { id: sessionId }, store: true, given: NOTHING_GIVEN };
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

/** Encodes the events of a streamed response. */
export function responseEvents(form: ResponsesForm, turnId: string): Encode {
  const place = { item_id: openaiId("msg", form.sessionId, turnId), output_index: 0, content_index: 0 };
  let sequence_number = 0;
  let model = "";
  let said = false;
  const encode = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...data })}\n\n`;
  const messageStart = () => {
    const item = { ...outputMessage(form, turnId, "", "completed"), status: "in_progress", content: [] };
    const part = { type: "output_text", text: "", annotations: [] };
    return [
      encode("response.output_item.added", { output_index: 0, item }),
      encode("response.content_part.added", { ...place, part }),
    ].join("");
  };
  const messageEnd = (item: ReturnType<typeof outputMessage>) => {
    const [part] = item.content;
    return [
      encode("response.output_text.done", { ...place, text: part?.text, logprobs: [] }),
      encode("response.content_part.done", { ...place, part }),
      encode("response.output_item.done", { output_index: 0, item }),
    ].join("");
  };
  const call = (item: ReturnType<typeof functionCalls>[number], output_index: number) => {
    const at = { item_id: item.id, output_index };
    const { name, arguments: json } = item;
    return [
      encode("response.output_item.added", { output_index, item: { ...item, arguments: "", status: "in_progress" } }),
      encode("response.function_call_arguments.delta", { ...at, delta: json }),
      encode("response.function_call_arguments.done", { ...at, name, arguments: json }),
      encode("response.output_item.done", { output_index, item }),
    ].join("");
  };
  return (event) => {
    switch (event.type) {
      case "start": {
        model = event.model;
        const response = begun(form, turnId, model);
        return encode("response.created", { response }) + encode("response.in_progress", { response });
      }
      case "delta": {
        // Opens the message with the first text: an answer may consist of function calls only.
        const opened = said ? "" : messageStart();
        said = true;
        return opened + encode("response.output_text.delta", { ...place, delta: event.text, logprobs: [] });
      }
      case "done": {
        const response = responseOfTurn(form, turnId, event.finished);
        const items = response.output.map((item, at) => (item.type === "message" ? messageEnd(item) : call(item, at)));
        return [...items, encode(`response.${response.status}`, { response })].join("");
      }
      case "failed": {
        const { code, message } = openaiErrorOf(event.failure).error;
        const response = { ...begun(form, turnId, model), status: "failed", error: { code, message } };
        return [encode("response.failed", { response }), encode("error", { code, message, param: null })].join("");
      }
    }
  };
}
