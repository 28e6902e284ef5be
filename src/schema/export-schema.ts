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
  textUpTo,
  turnId,
  userId,
} from "./common-schema";
import { exportedFact } from "./fact-schema";
import { datetime, int, timeZone } from "./fields";
import { exportedMemory, usage } from "./memory-schema";
import { sessionChange } from "./session-schema";

const imported = textUpTo(MAX_ANSWER);
const result = textUpTo(MAX_RESULT);
/** The functions that the answer calls. */
const toolCalls = z
  .array(
    z.object({
      id: callId,
      name: functionName,
      /** The arguments as JSON. */
      arguments: result,
    }),
  )
  .check(z.minLength(1), z.maxLength(MAX_CALLS));

/** The kinds of lines by their field: the head, a message without a turn, a turn, and the end. */
export const exportLines = {
  llamory: z.object({
    /** The kind of the export. */
    llamory: z.literal("session"),
    /** The version of the format. */
    version: z.literal(1),
    /** The title; absent if the session was not renamed. */
    title: z.optional(sessionChange.shape.title),
  }),
  message: z.object({
    /** A message without a turn, for example an appended one. */
    message: z.object({
      role: anyRole,
      name: z.optional(name),
      /** The text. */
      content: imported,
      toolCalls: z.optional(toolCalls),
      /** The function call that this message is the result of. */
      toolCallId: z.optional(callId),
      /** The time of the message. */
      createdAt: datetime(),
    }),
  }),
  turn: z.object({
    /** A turn: a question and its answer. */
    turn: z.object({
      id: turnId,
      /** Results of the function calls of the turn before. */
      results: z.optional(
        z
          .array(
            z.object({
              callId,
              /** The result. */
              content: result,
            }),
          )
          .check(z.minLength(1), z.maxLength(MAX_CALLS)),
      ),
      /** The question; absent if the turn continues with results of function calls. */
      question: z.optional(content),
      /** The answer. */
      answer: imported,
      toolCalls: z.optional(toolCalls),
      /** How the turn ended. */
      status: z.enum(endings),
      /** The model that answered; empty if the turn ended before a model was called. */
      model: z.string().check(...oneLine(0, 256)),
      /** Why the answer ended; null if it did not end regularly. */
      finishReason: z.nullable(finishReason),
      usage,
      /** The content of the prompt. */
      memory: z.object({
        ...exportedMemory.shape,
        /** Messages of this session that were quoted in the prompt. */
        recalled: exportedMemory.shape.recalled.check(z.maxLength(10_000)),
      }),
      /** The time of the question. */
      createdAt: datetime(),
      /** The time of the end. */
      finishedAt: datetime(),
    }),
  }),
  end: z.object({
    /** The last line: an export without it is incomplete. */
    end: z.object({
      /** The number of messages in the export. */
      messages: int(0),
    }),
  }),
};
/** The other kinds of lines in the export of a user. Each session follows its own line. */
export const userLines = {
  llamory: z.object({
    /** The kind of the export. */
    llamory: z.literal("user"),
    /** The version of the format. */
    version: z.literal(1),
  }),
  renamed: z.object({
    /** A session that an earlier request has imported with another id: its facts name the new one. */
    renamed: z.object({
      /** The id in the export. */
      from: sessionId,
      /** The id of the imported session. */
      to: sessionId,
    }),
  }),
  session: z.object({
    /** The session that follows. */
    session: z.object({
      sessionId,
      /** The instructions of the session. */
      instructions: z.optional(content),
      timeZone: z.optional(timeZone),
    }),
  }),
  fact: z.object({
    /** A fact with all its versions. */
    fact: exportedFact,
  }),
  end: z.object({
    /** The last line of a page. */
    end: z.object({
      /** The number of sessions in the page. */
      sessions: int(0),
      /** The number of facts in the page. */
      facts: int(0),
      /** The `cursor` of the next page; null on the last page. */
      nextCursor: z.nullable(z.string()),
    }),
  }),
};

export const userExportLine = () => z.union([...Object.values(userLines), ...Object.values(exportLines)]);

// Read without a validator, because typed clients would then have to send it.
export const userExportQuery = z.object({
  /** The `nextCursor` in the last line of the page before. */
  cursor: z.optional(sessionId),
});

export const userImported = () =>
  z.object({
    /** The imported sessions, with the ids that they have in the export and here. */
    sessions: z.array(
      z.object({
        /** The id in the export. */
        from: sessionId,
        /** The id of the session here: another one if that id was in use. */
        to: sessionId,
      }),
    ),
    /** The number of facts that were new. */
    facts: int(0),
  });

export const exportLine = () => z.union(Object.values(exportLines));

export const importQuery = z.object({
  /** The user whose session it becomes. */
  userId: z.optional(userId),
  /** Learns facts about the user from the messages, in the background; only with `FACTS`. */
  learn: z.optional(z.enum(["true", "false"])),
});

export const importResponse = () =>
  z.object({
    sessionId,
    /** The number of imported messages. */
    messages: int(0),
  });
