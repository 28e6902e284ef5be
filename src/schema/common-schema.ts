/** Shapes that several routes share. Native requests refuse unknown fields. */
import * as z from "zod/mini";
import { MAX_ANSWER } from "../limits";
import { int, pattern } from "./fields";

export const wellFormed = z.refine<string>(
  (text) => text.isWellFormed(),
  "must be well-formed Unicode: it contains a lone surrogate",
);

/** Returns the schema of text of at most so many characters. */
export const textUpTo = (most: number) => z.string().check(z.maxLength(most), wellFormed);
export const content = z.string().check(z.minLength(1), z.maxLength(MAX_ANSWER), wellFormed);
// The roles of a transcript.
/** The author. `tool`: the result of a function call. */
export const anyRole = z.enum(["system", "user", "assistant", "tool"]);

// The function calls of an answer, as the OpenAI surface stores them.
/** The functions that the answer calls. Only answers of the OpenAI surface have any. */
export const toolCalls = () =>
  z.array(
    z.object({
      /** The id of the function call. */
      id: z.string(),
      /** The name of the function. */
      name: z.string(),
      /** The arguments as JSON. */
      arguments: z.string(),
    }),
  );
export const calledFields = () => ({
  toolCalls: z.optional(toolCalls()),
  /** The function call that this message is the result of. */
  toolCallId: z.optional(z.string()),
});

/** `length`: the answer was cut off at its token limit. `content_filter`: the model server's filter ended it. */
export const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter"]);
/** The statuses of a turn that ended. */
export const endings = ["complete", "interrupted", "cancelled"] as const;
/** The status of the turn. `interrupted`: the model or the Worker failed; the saved text is kept. */
export const status = () => z.enum(["running", ...endings]);
/** The number of the message in its session, from 1. */
export const seq = int(1);
/** A list of messages in a query. */
export const seqList = z.pipe(
  pattern(/^[1-9]\d{0,14}(?:,[1-9]\d{0,14}){0,99}$/, "must be up to 100 numbers, separated by commas"),
  z.transform((list) => list.split(",").map(Number)),
);

/** Returns the checks of text in one line. */
export const oneLine = (min: number, max: number) => [
  z.regex(
    new RegExp(`^[^\\p{Cc}\\u2028\\u2029]{${min},${max}}$`, "u"),
    `must be ${min || "up"} to ${max} characters in one line`,
  ),
  wellFormed,
];

/** The name of the author. */
export const name = z.string().check(...oneLine(1, 128));

/** The value of the header `Idempotency-Key`. */
export const idempotencyKey = pattern(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters");
const notDots = z.refine<string>((id) => id !== "." && id !== "..", "must be neither `.` nor `..`");

/**
 * Returns the schema of an id that can be part of a path, a header and a line of a stream. `.` and `..` are refused,
 * because clients and proxies resolve them as parts of a path.
 */
export const identifier = (longest: number) =>
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^[A-Za-z0-9._:@+-]{1,${longest}}$`),
        `must be 1 to ${longest} of the characters A-Z a-z 0-9 . _ : @ + -`,
      ),
      notDots,
    );

const id = identifier(128);

/** The id of the session. You choose it; a new id is an empty session. */
export const sessionId = id;

const userIdIn = (...before: z.core.$ZodCheck<string>[]) =>
  z
    .string()
    .check(
      ...before,
      z.normalize("NFC"),
      z.regex(/^[^\p{Cc}\u2028\u2029/]{1,128}$/u, "must be 1 to 128 characters without control characters and /"),
      wellFormed,
      notDots,
    );

/** The id of the user that the session belongs to. The first id that is named for a session owns it. */
export const userId = userIdIn();

// The same, percent-encoded, because headers contain only ASCII. Text with invalid escapes is refused.
export const userIdHeader = userIdIn(z.regex(/^[\x20-\x7e]*$/, "must be percent-encoded"), z.overwrite(percentDecoded));

/** Decodes percent-encoding. Returns a text that no id contains if it is malformed. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\0";
  }
}

/** The id of the turn: a UUID, unless it was imported. */
export const turnId = id;

export const sessionParam = z.object({ sessionId });
export const turnParam = z.object({ sessionId, turnId });

export const healthResponse = () =>
  z.object({
    ok: z.literal(true),
    /** The path of the request. */
    path: z.string(),
    /** The version of Llamory. */
    version: z.string(),
    /** The setting `MODEL`. */
    model: z.string(),
  });

export const debugResponse = () =>
  z.object({
    /** The method of the request. */
    method: z.string(),
    /** The path of the request. */
    path: z.string(),
    /** The URL of the request. */
    url: z.string(),
    /** The header `Content-Type`. */
    contentType: z.nullable(z.string()),
    /** The version of Llamory. */
    version: z.string(),
    /** The setting `MODEL`. */
    model: z.string(),
    /** The names of the Worker's bindings. */
    bindings: z.array(z.string()),
  });

/** The body of an error: RFC 9457. */
export const problem = () =>
  z.object({
    /** A short name of the error. */
    title: z.string(),
    /** The HTTP status. */
    status: z.int(),
    /** What happened, and what to do. */
    detail: z.string(),
    /** A stable name of the error, for programs. */
    code: z.string(),
    /** The id of the request in the Worker's log. */
    requestId: z.string(),
    /** The invalid fields of the request. */
    errors: z.optional(
      z.array(
        z.object({
          /** The field, for example `messages.0.role`. */
          path: z.string(),
          /** The error. */
          message: z.string(),
        }),
      ),
    ),
  });

export const openapiResponse = () =>
  z.looseObject({
    /** The version of OpenAPI: 3.1.0. */
    openapi: z.string(),
  });
