/** Builds responses of the OpenAI routes, their items, and the ids of both. */
import type { FinishedTurn, StoredTurn, ToolCall } from "../turn/types";
import { openaiErrorOf } from "./problem";

/** The fields of a request that its response repeats. */
export interface ResponseEcho {
  instructions: string | null;
  max_output_tokens: number | null;
  temperature: number | null;
  previous_response_id: string | null;
  conversation: { id: string } | null;
  store: boolean;
  /** The request's tools, format and other fields, as unchecked JSON. */
  given: string;
}

/** The stream of `POST /v1/responses`. */
export interface ResponsesForm {
  name: "responses";
  /** Seconds since 1970. */
  created: number;
  sessionId: string;
  echo: ResponseEcho;
  /** The number of the last event that a follower has received. */
  after?: number | undefined;
}

/** A response, and its items: a message, a call, the result of a call, or reasoning. */
type Kind = "resp" | "msg" | "fc" | "fco" | "rs";

/**
 * Returns `kind_session.turn`. A later request with this id finds its session and turn without an index.
 * @param turnId the turn; for a message outside turns, `~` and its `seq`. Ids of turns never contain `~`
 */
export const openaiId = (kind: Kind, sessionId: string, turnId: string) =>
  `${kind}_${btoa(sessionId).replaceAll("=", "")}.${turnId}`;

/** Returns the session and turn of an id; undefined if this server did not make it. */
export function parseOpenaiId(kind: "resp" | "item", id: string): { sessionId: string; turnId: string } | undefined {
  const [, prefix, encoded, rest] = /^(resp|msg|fco?)_([A-Za-z0-9+/]+)\.(.+)$/.exec(id) ?? [];
  if ((prefix === "resp") !== (kind === "resp") || encoded === undefined || rest === undefined) return undefined;
  const turnId = prefix === "fc" ? rest.replace(/\.\d+$/, "") : rest;
  try {
    return { sessionId: atob(encoded), turnId };
  } catch {
    return undefined;
  }
}

type MessageStatus = "completed" | "incomplete";

/** Returns text as a part of a message's content. */
export const textPart = (text: string) => ({ type: "output_text" as const, text, annotations: [] });
export const refusalPart = (refusal: string) => ({ type: "refusal" as const, refusal });

export const outputMessage = (
  form: Pick<ResponsesForm, "sessionId">,
  turnId: string,
  part: ReturnType<typeof textPart | typeof refusalPart>,
  status: MessageStatus,
) => ({
  type: "message" as const,
  id: openaiId("msg", form.sessionId, turnId),
  status,
  role: "assistant" as const,
  content: [part],
});

export const reasoningItem = ({ sessionId }: ResponsesForm, turnId: string, text: string) => ({
  type: "reasoning" as const,
  id: openaiId("rs", sessionId, turnId),
  summary: [],
  content: [{ type: "reasoning_text" as const, text }],
});

export const functionCalls = ({ sessionId }: Pick<ResponsesForm, "sessionId">, turnId: string, calls: ToolCall[]) =>
  calls.map(({ id, name, arguments: json }, at) => ({
    type: "function_call" as const,
    id: openaiId("fc", sessionId, `${turnId}.${at}`),
    call_id: id,
    name,
    arguments: json,
    status: "completed" as const,
  }));

export type OutputItem = ReturnType<typeof responseOfTurn>["output"][number];
export type FunctionCall = ReturnType<typeof functionCalls>[number];

/** Further fields of a request. */
interface Given {
  tools: { type: "function"; [field: string]: unknown }[];
  tool_choice: string | { [field: string]: unknown };
  parallel_tool_calls: boolean;
  top_p: number | null;
  truncation: "auto" | "disabled";
  metadata: Record<string, string>;
  text: { format: { type: string; [field: string]: unknown } };
}

/** Returns a response without its answer. */
export const begun = (
  { created, sessionId, echo: { given, ...echo } }: ResponsesForm,
  turnId: string,
  model: string,
) => ({
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
  usage: null,
});

const givenOf = (json: string): Given => JSON.parse(json);

/** Returns a finished turn as a response. */
export function responseOfTurn(form: ResponsesForm, turnId: string, turn: FinishedTurn) {
  const { answer, toolCalls = [], model, finishReason, usage, reasoning, refused } = turn;
  const incomplete =
    finishReason === "length" ? ("max_output_tokens" as const) : finishReason === "content_filter" && finishReason;
  const status = incomplete ? ("incomplete" as const) : ("completed" as const);
  // An empty answer is a message too, unless it consists of calls.
  const part = answer === "" && toolCalls.length > 0 ? undefined : refused ? refusalPart(answer) : textPart(answer);
  return {
    ...begun(form, turnId, model),
    status,
    incomplete_details: incomplete ? { reason: incomplete } : null,
    output: [
      ...(reasoning ? [reasoningItem(form, turnId, reasoning)] : []),
      ...(part ? [outputMessage(form, turnId, part, status)] : []),
      ...functionCalls(form, turnId, toolCalls),
    ],
    usage: {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens ?? 0 },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.totalTokens,
    },
  };
}

/** The fields of a request that its response repeats. */
type Repeated = Partial<Record<keyof Omit<Given, "text"> | "conversation", unknown>> & {
  [Field in "instructions" | "max_output_tokens" | "temperature" | "previous_response_id"]?:
    | ResponseEcho[Field]
    | undefined;
} & { store?: boolean | null | undefined; text?: { format?: unknown } | null | undefined };

/** Returns the form of a response. @param createdAt milliseconds since 1970 */
export const formOf = (request: Repeated, sessionId: string, createdAt: number): ResponsesForm => ({
  name: "responses",
  created: Math.floor(createdAt / 1_000),
  sessionId,
  echo: {
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    temperature: request.temperature ?? null,
    previous_response_id: request.previous_response_id ?? null,
    conversation: request.conversation ? { id: sessionId } : null,
    store: request.store ?? true,
    given: JSON.stringify({
      tools: request.tools ?? [],
      tool_choice: request.tool_choice ?? "auto",
      parallel_tool_calls: request.parallel_tool_calls ?? true,
      top_p: request.top_p ?? null,
      truncation: request.truncation ?? "auto",
      metadata: request.metadata ?? {},
      text: { format: request.text?.format ?? { type: "text" } },
    }),
  },
});

/** Returns the form of a stored response. Of its request, only the session is stored. */
export const storedForm = (sessionId: string, createdAt: number): ResponsesForm =>
  formOf({ conversation: sessionId }, sessionId, createdAt);

/** Returns a stored turn as a response. */
export function responseOfStored(sessionId: string, turn: StoredTurn) {
  const form = storedForm(sessionId, turn.createdAt);
  const said = turn.answer === "" ? [] : [outputMessage(form, turn.id, textPart(turn.answer), "incomplete")];
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
