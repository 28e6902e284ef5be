/** The shapes of an exported session's lines. */
import * as z from "zod/mini";
import { MAX_ANSWER, MAX_CALLS, MAX_RESULT } from "../limits";
import { callId, functionName } from "./call-schema";
import {
  anyRole,
  content,
  endings,
  finishReason,
  name,
  oneLine,
  sessionId,
  turnId,
  userId,
  wellFormed,
} from "./common-schema";
import { count, described, nullable, object, objects, optional, time } from "./fields";
import { exportedMemory, usage } from "./memory-schema";
import { sessionChange } from "./session-schema";

const imported = z.string().check(z.maxLength(MAX_ANSWER), wellFormed);

const result = z.string().check(z.maxLength(MAX_RESULT), wellFormed);
const toolCalls = objects("The functions that the answer calls.", {
  id: callId,
  name: functionName,
  arguments: described("The arguments as JSON.", result),
}).check(z.minLength(1), z.maxLength(MAX_CALLS));

/** The kinds of lines by their field: the head, a message without a turn, a turn, and the end. */
export const exportLines = {
  llamory: z.object({
    llamory: described("The kind of the export.", z.literal("session")),
    version: described("The version of the format.", z.literal(1)),
    title: optional("The title; absent if the session was not renamed.", sessionChange.shape.title),
  }),
  message: z.object({
    message: object("A message without a turn, for example an appended one.", {
      role: anyRole,
      name: z.optional(name),
      content: described("The text.", imported),
      toolCalls: z.optional(toolCalls),
      toolCallId: optional("The function call that this message is the result of.", callId),
      createdAt: time("The time of the message."),
    }),
  }),
  turn: z.object({
    turn: object("A turn: a question and its answer.", {
      id: turnId,
      results: optional(
        "Results of the function calls of the turn before.",
        z
          .array(z.object({ callId, content: described("The result.", result) }))
          .check(z.minLength(1), z.maxLength(MAX_CALLS)),
      ),
      question: optional("The question; absent if the turn continues with results of function calls.", content),
      answer: described("The answer.", imported),
      toolCalls: z.optional(toolCalls),
      status: described("How the turn ended.", z.enum(endings)),
      model: described(
        "The model that answered; empty if the turn ended before a model was called.",
        z.string().check(...oneLine(0, 256)),
      ),
      finishReason: nullable("Why the answer ended; null if it did not end regularly.", finishReason),
      usage,
      memory: described(
        "What the prompt contained.",
        z.extend(exportedMemory, {
          recalled: described(
            "Messages of this session that were quoted in the prompt.",
            exportedMemory.shape.recalled.check(z.maxLength(10_000)),
          ),
        }),
      ),
      createdAt: time("The time of the question."),
      finishedAt: time("The time of the end."),
    }),
  }),
  end: z.object({
    end: object("The last line: an export without it is incomplete.", {
      messages: count("The number of messages in the export."),
    }),
  }),
};
export const exportLine = () => z.union(Object.values(exportLines));

export const importQuery = z.object({
  userId: z.optional(userId),
  learn: optional(
    "Learns facts about the user from the messages, in the background; only with `FACTS`.",
    z.enum(["true", "false"]),
  ),
});

export const importResponse = () => z.object({ sessionId, messages: count("The number of imported messages.") });
