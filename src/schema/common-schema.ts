/** Shapes that several routes share. Native requests refuse unknown fields. */
import * as z from "zod/mini";
import { MAX_ANSWER } from "../limits";
import { isTimeZone } from "../turn/dates";
import { always, described, int, list, nullable, objects, pattern, text } from "./fields";

export const wellFormed = z.refine<string>(
  (text) => text.isWellFormed(),
  "must be well-formed Unicode: it contains a lone surrogate",
);

export const content = z.string().check(z.minLength(1), z.maxLength(MAX_ANSWER), wellFormed);
const role = z.enum(["system", "user", "assistant"]);
/** The roles of a transcript. */
export const anyRole = described(
  "The author. `tool`: the result of a function call.",
  z.enum([...role.options, "tool"]),
);

/** The function calls of an answer, as the OpenAI surface stores them. */
export const toolCalls = () =>
  objects("The functions that the answer calls. Only answers of the OpenAI surface have any.", {
    id: text("The id of the function call."),
    name: text("The name of the function."),
    arguments: text("The arguments as JSON."),
  });
export const calledFields = () => ({
  toolCalls: z.optional(toolCalls()),
  toolCallId: z.optional(text("The function call that this message is the result of.")),
});

export const finishReason = described(
  "`length`: the answer was cut off at its token limit. `content_filter`: the model server's filter ended it.",
  z.enum(["stop", "length", "tool_calls", "content_filter"]),
);
/** The statuses of a turn that ended. */
export const endings = ["complete", "interrupted", "cancelled"] as const;
/** The schema of a turn's status. */
export const status = () =>
  described(
    "The status of the turn. `interrupted`: the model or the Worker failed; the saved text is kept.",
    z.enum(["running", ...endings]),
  );
export const seq = described("The number of the message in its session, from 1.", int(1));
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

export const name = described("The name of the author.", z.string().check(...oneLine(1, 128)));

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

export const sessionId = described("The id of the session. You choose it; a new id is an empty session.", id);

const userIdIn = (...before: z.core.$ZodCheck<string>[]) =>
  described(
    "The id of the user that the session belongs to. The first id that is named for a session owns it.",
    z
      .string()
      .check(
        ...before,
        z.normalize("NFC"),
        z.regex(/^[^\p{Cc}\u2028\u2029/]{1,128}$/u, "must be 1 to 128 characters without control characters and /"),
        wellFormed,
        notDots,
      ),
  );

export const userId = userIdIn();

/** The same, percent-encoded, because headers contain only ASCII. Text with invalid escapes is refused. */
export const userIdHeader = userIdIn(z.regex(/^[\x20-\x7e]*$/, "must be percent-encoded"), z.overwrite(percentDecoded));

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "\0";
  }
}

export const turnId = described("The id of the turn: a UUID, unless it was imported.", id);

export const timeZone = described(
  "The time zone of days in the question and the prompt, an IANA name; default: the setting `TIME_ZONE`.",
  z.string().check(z.maxLength(64), z.refine(isTimeZone, "must be an IANA time zone such as Europe/Lisbon")),
);

export const sessionParam = z.object({ sessionId });
export const turnParam = z.object({ sessionId, turnId });

export const healthResponse = () =>
  z.object({
    ok: always(true),
    path: text("The path of the request."),
    version: text("The version of Llamory."),
    model: text("The setting `MODEL`."),
  });

export const debugResponse = () =>
  z.object({
    method: text("The method of the request."),
    path: text("The path of the request."),
    url: text("The URL of the request."),
    contentType: nullable("The header `Content-Type`.", z.string()),
    version: text("The version of Llamory."),
    model: text("The setting `MODEL`."),
    bindings: list("The names of the Worker's bindings.", z.string()),
  });

/** The body of an error: RFC 9457. */
export const problem = () =>
  z.object({
    title: text("A short name of the error."),
    status: described("The HTTP status.", z.int()),
    detail: text("What happened, and what to do."),
    code: text("A stable name of the error, for programs."),
    requestId: text("The id of the request in the Worker's log."),
    errors: z.optional(
      objects("The invalid fields of the request.", {
        path: text("The field, for example `messages.0.role`."),
        message: text("What is wrong with it."),
      }),
    ),
  });

export const openapiResponse = () => z.looseObject({ openapi: text("The version of OpenAPI: 3.1.0.") });
