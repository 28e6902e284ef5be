/** The shapes of an exported session's lines. */
import * as z from "zod";
import { MAX_ANSWER, MAX_CALLS, MAX_RESULT } from "../limits";
import { callId, functionName } from "./call-schema";
import {
  anyRole,
  content,
  count,
  finishReason,
  name,
  sessionId,
  status,
  time,
  turnId,
  WELL_FORMED,
  wellFormed,
} from "./common-schema";
import { exportedMemory, usage } from "./memory-schema";
import { sessionChange } from "./session-schema";

const imported = z.string().max(MAX_ANSWER).refine(wellFormed, WELL_FORMED);

const result = z.string().max(MAX_RESULT).refine(wellFormed, WELL_FORMED);
const toolCalls = z
  .array(z.object({ id: callId, name: functionName, arguments: result.describe("The arguments as JSON.") }))
  .min(1)
  .max(MAX_CALLS)
  .describe("The functions that the answer calls.");

/** The kinds of lines by their field: the head, a message without a turn, a turn, and the end. */
export const exportLines = {
  llamory: z.object({
    llamory: z.literal("session").describe("The kind of the export."),
    version: z.literal(1).describe("The version of the format."),
    title: sessionChange.shape.title.describe("The title; absent if the session was not renamed.").optional(),
  }),
  message: z.object({
    message: z
      .object({
        role: anyRole,
        name: name.optional(),
        content: imported.describe("The text."),
        toolCalls: toolCalls.optional(),
        toolCallId: callId.describe("The function call that this message is the result of.").optional(),
        createdAt: time.describe("The time of the message."),
      })
      .describe("A message without a turn, for example an appended one."),
  }),
  turn: z.object({
    turn: z
      .object({
        id: turnId,
        results: z
          .array(z.object({ callId, content: result.describe("The result.") }))
          .min(1)
          .max(MAX_CALLS)
          .describe("Results of the function calls of the turn before.")
          .optional(),
        question: content
          .describe("The question; absent if the turn continues with results of function calls.")
          .optional(),
        answer: imported.describe("The answer."),
        toolCalls: toolCalls.optional(),
        status: status.exclude(["running"]).describe("How the turn ended."),
        model: z
          .string()
          .regex(/^[^\p{Cc}\u2028\u2029]{0,256}$/u, "must be up to 256 characters in one line")
          .refine(wellFormed, WELL_FORMED)
          .describe("The model that answered; empty if the turn ended before a model was called."),
        finishReason: finishReason.nullable().describe("Why the answer ended; null if it did not end regularly."),
        usage,
        memory: exportedMemory
          .extend({
            recalled: exportedMemory.shape.recalled
              .max(10_000)
              .describe("Messages of this session that were quoted in the prompt."),
          })
          .describe("What the prompt contained."),
        createdAt: time.describe("The time of the question."),
        finishedAt: time.describe("The time of the end."),
      })
      .describe("A turn: a question and its answer."),
  }),
  end: z.object({
    end: z
      .object({ messages: count.describe("The number of messages in the export.") })
      .describe("The last line: an export without it is incomplete."),
  }),
};
export const exportLine = () => z.union(Object.values(exportLines));

export const importResponse = () =>
  z.object({ sessionId, messages: count.describe("The number of imported messages.") });
