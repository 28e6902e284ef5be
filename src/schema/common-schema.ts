/** Shapes that several routes share. Requests ignore unknown fields. */
import * as z from "zod";
import { MAX_CONTENT } from "../limits";
import { isTimeZone } from "../turn/dates";

export const wellFormed = (text: string) => text.isWellFormed();
export const WELL_FORMED = "must be well-formed Unicode: it contains a lone surrogate";

export const content = z.string().min(1).max(MAX_CONTENT).refine(wellFormed, WELL_FORMED);
export const role = z.enum(["system", "user", "assistant"]);
/** The roles of a transcript. */
export const anyRole = z.enum([...role.options, "tool"]).describe("The author. `tool`: the result of a function call.");

/** The function calls of an answer, as the OpenAI surface stores them. */
export const toolCalls = () =>
  z
    .array(
      z.object({
        id: z.string().describe("The id of the function call."),
        name: z.string().describe("The name of the function."),
        arguments: z.string().describe("The arguments as JSON."),
      }),
    )
    .describe("The functions that the answer calls. Only answers of the OpenAI surface have any.");
export const calledFields = () => ({
  toolCalls: toolCalls().optional(),
  toolCallId: z.string().describe("The function call that this message is the result of.").optional(),
});

export const finishReason = z
  .enum(["stop", "length", "tool_calls", "content_filter"])
  .describe(
    "`length`: the answer was cut off at its token limit. `content_filter`: the model server's filter ended it.",
  );
export const status = z
  .enum(["running", "complete", "interrupted", "cancelled"])
  .describe("The status of the turn. `interrupted`: the model or the Worker failed; the saved text is kept.");
export const count = z.int().min(0);
export const seq = z.int().min(1).describe("The number of the message in its session, from 1.");
export const time = z.iso.datetime();

/** A name of one line. */
export const name = z
  .string()
  .regex(/^[^\p{Cc}\u2028\u2029]{1,128}$/u, "must be 1 to 128 characters in one line")
  .refine(wellFormed, WELL_FORMED)
  .describe("The name of the author.");

/**
 * Returns the schema of an id that can be part of a path, a header and a line of a stream. `.` and `..` are refused,
 * because clients and proxies resolve them as parts of a path.
 */
export const identifier = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9._:@+-]{1,${longest}}$`),
      `must be 1 to ${longest} of the characters A-Z a-z 0-9 . _ : @ + -`,
    )
    .refine((id) => id !== "." && id !== "..", "must be neither `.` nor `..`");

const id = identifier(128);

export const sessionId = id.describe("The id of the session. You choose it; a new id is an empty session.");

const userIdIn = (text: z.ZodString) =>
  text
    .normalize("NFC")
    .regex(/^[^\p{Cc}\u2028\u2029/]{1,128}$/u, "must be 1 to 128 characters without control characters and /")
    .refine(wellFormed, WELL_FORMED)
    .refine((id) => id !== "." && id !== "..", "must be neither `.` nor `..`")
    .describe("The id of the user that the session belongs to. The first id that is named for a session owns it.");

export const userId = userIdIn(z.string());

/** Percent-encoded: headers contain only ASCII. Text that is not well encoded becomes a control character, and is refused. */
export const userIdHeader = userIdIn(z.string().overwrite(percentDecoded));

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\0";
  }
}

export const turnId = id.describe("The id of the turn: a UUID, unless it was imported.");

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, "must be an IANA time zone such as Europe/Lisbon")
  .describe("The time zone of days in the question and the prompt, an IANA name; default: the setting `TIME_ZONE`.");

export const sessionParam = z.object({ sessionId });
export const turnParam = z.object({ sessionId, turnId });

/** Returns the schema of a number in a query, from 1 to `max`. */
export const positive = (max: number) => z.coerce.number().int().min(1).max(max);

export const healthResponse = () =>
  z.object({
    ok: z.literal(true).describe("Always true."),
    path: z.string().describe("The path of the request."),
    version: z.string().describe("The version of Llamory."),
    model: z.string().describe("The setting `MODEL`."),
  });

export const debugResponse = () =>
  z.object({
    method: z.string().describe("The method of the request."),
    path: z.string().describe("The path of the request."),
    url: z.string().describe("The URL of the request."),
    contentType: z.string().nullable().describe("The header `Content-Type`."),
    version: z.string().describe("The version of Llamory."),
    model: z.string().describe("The setting `MODEL`."),
    bindings: z.array(z.string()).describe("The names of the Worker's bindings."),
  });

/** The body of an error: RFC 9457. */
export const problem = () =>
  z.object({
    title: z.string().describe("A short name of the error."),
    status: z.int().describe("The HTTP status."),
    detail: z.string().describe("What happened, and what to do."),
    code: z.string().describe("A stable name of the error, for programs."),
    requestId: z.string().describe("The id of the request in the Worker's log."),
    errors: z
      .array(
        z.object({
          path: z.string().describe("The field, for example `messages.0.role`."),
          message: z.string().describe("What is wrong with it."),
        }),
      )
      .describe("The invalid fields of the request.")
      .optional(),
  });

export const openapiResponse = () => z.looseObject({ openapi: z.literal("3.1.0").describe("The version of OpenAPI.") });
