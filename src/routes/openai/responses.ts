/** The OpenAI surface: responses. Each one is remembered, in a session that the next one may go on with. */
import { type Context, Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../../env";
import { FailureError, invalid, respondOpenAI } from "../../middleware/respond";
import { valid } from "../../middleware/validation";
import { callSession } from "../../rpc/call-session";
import { turnParam } from "../../schema/common-schema";
import {
  type deletedResponse,
  responseParam,
  responsesRequest,
  type responsesResponse,
} from "../../schema/openai-schema";
import type { Failure } from "../../turn/result";
import { parseOpenaiId, type ResponsesForm, responseOfStored, responseOfTurn } from "../../wire/response-objects";
import { responsesFields, wantedOf } from "./functions";
import {
  answered,
  askConversation,
  type Conversation,
  conversationOf,
  questionOf,
  sessionIdOf,
  userIdOf,
} from "./request";

type Request = z.output<typeof responsesRequest>;

/** A session, and the turn in it that the question goes on with. */
interface Place {
  sessionId: string;
  follows?: string;
}

/** What an id of ours names; one that is not ours names nothing that there is. */
function placeOf(kind: "resp" | "item", id: string): Place {
  const place = parseOpenaiId(kind, id);
  if (!place || !turnParam.safeParse(place).success) throw new FailureError({ reason: "response_not_found" });
  return { sessionId: place.sessionId, follows: place.turnId };
}

/** What a request goes on with; undefined for one that begins. */
function continued(c: Context<AppEnv>, request: Request, { reference }: Conversation): Place | undefined {
  const { conversation, previous_response_id: previous, metadata } = request;
  const { pinned, named } = sessionIdOf(c, metadata);
  const field = conversation ? "conversation" : "previous_response_id";
  if (conversation && previous) throw invalid("previous_response_id", "cannot be given together with `conversation`");
  const place = conversation
    ? { sessionId: typeof conversation === "string" ? conversation : conversation.id }
    : previous
      ? placeOf("resp", previous)
      : undefined;
  if (place && pinned !== undefined && pinned !== place.sessionId) {
    throw invalid(field, "names another session than `X-Session-Id`");
  }
  if (place) return place;
  if (named !== undefined) return { sessionId: named };
  return reference === undefined ? undefined : placeOf("item", reference);
}

/** The turn that an id names. */
function placeOfResponse(id: string): Required<Place> {
  const { sessionId, follows } = placeOf("resp", id);
  if (follows === undefined) throw new FailureError({ reason: "response_not_found" });
  return { sessionId, follows };
}

/** A turn that is not there, as this surface calls it. */
const missing = (failure: Failure): Failure =>
  failure.reason === "turn_not_found" ? { reason: "response_not_found" } : failure;

export const responses = new Hono<AppEnv>()
  /** `GET /v1/responses/:responseId`: a response, as it is remembered; also one that runs, was cut off or cancelled. */
  .get("/v1/responses/:responseId", valid("param", responseParam), async (c) => {
    const { sessionId, follows } = placeOfResponse(c.req.valid("param").responseId);
    const turn = await callSession(c, sessionId, (stub) => stub.getTurn(follows));
    if (!turn.ok) return respondOpenAI(c, missing(turn.failure));
    const body: z.input<typeof responsesResponse> = responseOfStored(sessionId, turn.value);
    return c.json(body, 200);
  })
  /** `DELETE /v1/responses/:responseId`: takes question and answer out of the session; what came after them stays. */
  .delete("/v1/responses/:responseId", valid("param", responseParam), async (c) => {
    const { responseId } = c.req.valid("param");
    const { sessionId, follows } = placeOfResponse(responseId);
    const withdrawn = await callSession(c, sessionId, (stub) => stub.withdrawTurn(follows));
    if (!withdrawn.ok) return respondOpenAI(c, missing(withdrawn.failure));
    const body: z.input<typeof deletedResponse> = { id: responseId, object: "response", deleted: true };
    return c.json(body, 200);
  })
  /** `POST /v1/responses` */
  .post("/v1/responses", valid("json", responsesRequest), async (c) => {
    const request = c.req.valid("json");
    const { input, store: stored } = request;
    const items = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
    const conversation = conversationOf(items, "input");
    const place = continued(c, request, conversation);
    const store = stored ?? true;
    const sessionId = place?.sessionId ?? `resp-${crypto.randomUUID()}`;
    const form: ResponsesForm = {
      name: "responses",
      created: Math.floor(Date.now() / 1000),
      sessionId,
      echo: {
        instructions: request.instructions ?? null,
        max_output_tokens: request.max_output_tokens ?? null,
        temperature: request.temperature ?? null,
        previous_response_id: request.previous_response_id ?? null,
        conversation: request.conversation ? { id: sessionId } : null,
        store,
        given: JSON.stringify({
          tools: request.tools ?? [],
          tool_choice: request.tool_choice ?? "auto",
          parallel_tool_calls: request.parallel_tool_calls ?? true,
          text: { format: request.text?.format ?? { type: "text" } },
        }),
      },
    };
    const system = [request.instructions, conversation.system].filter(Boolean).join("\n\n") || undefined;
    const reply = await askConversation(c, place || store ? sessionId : undefined, {
      ask: questionOf(
        c,
        { question: conversation.question, system },
        {
          ...request,
          reasoning_effort: request.reasoning?.effort,
          wanted: wantedOf(
            c,
            {
              tools: request.tools,
              choice: request.tool_choice,
              parallel: request.parallel_tool_calls,
              format: request.text?.format,
            },
            responsesFields,
          ),
          maxTokens: request.max_output_tokens,
        },
      ),
      before: conversation.before,
      results: conversation.results,
      form: request.stream ? form : undefined,
      follows: place?.follows,
      store,
      userId: userIdOf(c, request.metadata),
    });
    return answered(c, reply, form, ({ turnId, turn }) => {
      const body: z.input<typeof responsesResponse> = responseOfTurn(form, turnId, turn);
      return c.json(body, 200);
    });
  });
