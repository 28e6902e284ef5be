/** The shapes of an exported session's lines. */
import * as z from "zod";
import { MAX_ANSWER } from "./limits";
import { content, count, memory, name, role, time, usage, WELL_FORMED, wellFormed } from "./schema";

const imported = z.string().max(MAX_ANSWER).refine(wellFormed, WELL_FORMED);

/** The lines of an export, by the field that each has: the first, a message of no turn, a turn, and the last. */
export const exportLines = {
  llamory: z.object({ llamory: z.literal("session"), version: z.literal(1) }),
  message: z.object({
    message: z.object({ role, name: name.optional(), content: imported, createdAt: time }),
  }),
  turn: z.object({
    turn: z.object({
      id: z.string().min(1).max(128),
      question: content,
      answer: imported,
      status: z.enum(["complete", "interrupted", "cancelled"]),
      model: z.string().max(256).refine(wellFormed, WELL_FORMED),
      finishReason: z.enum(["stop", "length"]).nullable(),
      usage,
      memory: memory.extend({ recalled: memory.shape.recalled.max(10_000) }),
      createdAt: time,
      finishedAt: time,
    }),
  }),
  end: z.object({ end: z.object({ messages: count }) }),
};
export const exportLine = z.union(Object.values(exportLines));
