/** The shapes of an exported session's lines. */
import * as z from "zod";
import { MAX_ANSWER, MAX_CALLS, MAX_RESULT } from "../limits";
import { callId, functionName } from "./call-schema";
import {
  anyRole,
  content,
  count,
  exportedMemory,
  finishReason,
  name,
  time,
  turnId,
  usage,
  WELL_FORMED,
  wellFormed,
} from "./common-schema";
import { sessionChange } from "./session-schema";

const imported = z.string().max(MAX_ANSWER).refine(wellFormed, WELL_FORMED);

const result = z.string().max(MAX_RESULT).refine(wellFormed, WELL_FORMED);
const toolCalls = z
  .array(z.object({ id: callId, name: functionName, arguments: result }))
  .min(1)
  .max(MAX_CALLS);

/** The lines of an export, by the field that each has: the first, a message of no turn, a turn, and the last. */
export const exportLines = {
  llamory: z.object({
    llamory: z.literal("session"),
    version: z.literal(1),
    /** The one that the session was given, if any. */
    title: sessionChange.shape.title.optional(),
  }),
  message: z.object({
    message: z.object({
      role: anyRole,
      name: name.optional(),
      content: imported,
      toolCalls: toolCalls.optional(),
      toolCallId: callId.optional(),
      createdAt: time,
    }),
  }),
  turn: z.object({
    turn: z.object({
      id: turnId,
      /** What functions returned that the turn before it called. */
      results: z
        .array(z.object({ callId, content: result }))
        .min(1)
        .max(MAX_CALLS)
        .optional(),
      /** Absent where it goes on with the question before it. */
      question: content.optional(),
      answer: imported,
      toolCalls: toolCalls.optional(),
      status: z.enum(["complete", "interrupted", "cancelled"]),
      /** Empty where the turn ended before a model was asked. */
      model: z
        .string()
        .regex(/^[^\p{Cc}\u2028\u2029]{0,256}$/u, "must be up to 256 characters in one line")
        .refine(wellFormed, WELL_FORMED),
      finishReason: finishReason.nullable(),
      usage,
      memory: exportedMemory.extend({ recalled: exportedMemory.shape.recalled.max(10_000) }),
      createdAt: time,
      finishedAt: time,
    }),
  }),
  end: z.object({ end: z.object({ messages: count }) }),
};
export const exportLine = z.union(Object.values(exportLines));
