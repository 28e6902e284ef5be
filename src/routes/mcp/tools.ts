/** The tools of the MCP server: each is a route's work, told as text to a model. */
import type { Context } from "hono";
import * as z from "zod";
import type { AppEnv } from "../../env";
import { FailureError, orThrow } from "../../middleware/respond";
import { appendRequest, askRequest, searchRequest, sessionId } from "../../schema";
import type { Message } from "../../turn/types";
import { iso } from "../../wire/json";
import { askingOf, askOf, askSession, callSession, embeddingOf, limitsOf } from "../session";

interface Tool<T extends z.ZodObject = z.ZodObject> {
  description: string;
  input: T;
  run: (c: Context<AppEnv>, input: z.output<T>) => Promise<string>;
}

const tool = <T extends z.ZodObject>(description: string, input: T, run: Tool<T>["run"]) => ({
  description,
  input,
  /** What a client sends is parsed before it is used. */
  call: (c: Context<AppEnv>, given: unknown) => {
    const parsed = input.safeParse(given);
    return parsed.success ? run(c, parsed.data) : parsed.error;
  },
});

const session = sessionId.describe("The conversation: 1 to 128 of the characters A-Z a-z 0-9 . _ : @ + -");

/** One line of the transcript, as a model reads it; functions that were called stand behind what was said. */
export function lineOf({ role, name, content, toolCalls = [], createdAt }: Omit<Message, "tokens" | "status">): string {
  const calls = toolCalls.map((call) => `${call.name}(${call.arguments})`);
  return `[${iso(createdAt)}] ${name ?? role}: ${[content, ...calls].filter(Boolean).join(" ")}`;
}

export const tools = {
  ask: tool(
    "Ask the assistant a question. It knows the conversation, and remembers this turn.",
    z.object({ sessionId: session, question: askRequest.shape.question }),
    async (c, { sessionId, question }) => {
      const reply = await askSession(c, sessionId, { ask: askOf(c, { question }) });
      if (reply.state === "failed") throw new FailureError(reply.failure);
      return reply.state === "finished" ? reply.turn.answer : "";
    },
  ),
  search_memory: tool(
    "Find what was said in a conversation that fits a text best, best first, however long ago it was.",
    z.object({ sessionId: session, query: searchRequest.shape.q, limit: searchRequest.shape.limit }),
    async (c, { sessionId, query, limit }) => {
      const found = await callSession(c, sessionId, (stub) => stub.search(query, limit, embeddingOf(c)));
      return found.map(lineOf).join("\n") || "Nothing was said about that.";
    },
  ),
  get_history: tool(
    "Read the newest messages of a conversation, oldest of them first.",
    z.object({ sessionId: session, limit: z.int().min(1).max(1_000).default(50) }),
    async (c, { sessionId, limit }) => {
      const { messages } = await callSession(c, sessionId, (stub) => stub.getHistory({ limit }));
      return messages.toReversed().map(lineOf).join("\n") || "Nothing was said yet.";
    },
  ),
  remember: tool(
    "Remember messages that were said elsewhere: they become part of the conversation.",
    z.object({ sessionId: session, messages: appendRequest.shape.messages }),
    async (c, { sessionId, messages }) => {
      const said = messages.map(({ createdAt, ...rest }) => ({
        ...rest,
        ...(createdAt !== undefined && { createdAt: Date.parse(createdAt) }),
      }));
      const append = callSession(c, sessionId, (stub) => stub.append(said, limitsOf(c), askingOf(c)), "once");
      const { firstSeq, lastSeq } = orThrow(await append);
      return `Remembered as messages ${firstSeq} to ${lastSeq}.`;
    },
  ),
  forget: tool(
    "Forget all of a conversation, for good.",
    z.object({ sessionId: session }),
    async (c, { sessionId }) => {
      const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.destroy()));
      return `Forgot ${deleted} messages.`;
    },
  ),
};

export type ToolName = keyof typeof tools;

/** The tools as an MCP client lists them. */
export const toolList = Object.entries(tools).map(([name, { description, input }]) => ({
  name,
  description,
  inputSchema: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }),
}));
