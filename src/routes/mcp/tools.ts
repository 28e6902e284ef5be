/**
 * The tools of the MCP server. Each calls the same objects as a route and answers with text for a model. Their doc
 * comments are the descriptions that clients read.
 */
import type { Context } from "hono";
import * as z from "zod/mini";
import type { AppEnv } from "../../env";
import { FailureError, orThrow } from "../../middleware/respond";
import { askRequestOf, askSession, callSession, embeddingOf, promptInputOf } from "../../rpc/call-session";
import { callUser } from "../../rpc/call-user";
import { forkSession } from "../../rpc/fork-session";
import { askRequest } from "../../schema/ask-schema";
import { seq, sessionId, turnParam, userId } from "../../schema/common-schema";
import { factParam, factRequest } from "../../schema/fact-schema";
import { int } from "../../schema/fields";
import { forkRequest } from "../../schema/fork-schema";
import { searchRequest } from "../../schema/search-schema";
import { appendRequest } from "../../schema/session-schema";
import { settingsOf } from "../../settings";
import type { Message, RecalledMessage } from "../../turn/types";
import { type Fact, statementLine } from "../../turn/user-memory";
import { iso } from "../../wire/to-json";

const tool = <T extends z.ZodMiniObject>(
  input: T,
  run: (c: Context<AppEnv>, input: z.output<T>) => Promise<string>,
) => ({
  input,
  /** Validates the arguments of a client and runs the tool. Returns its text, or the error of the validation. */
  call: (c: Context<AppEnv>, given: unknown) => {
    const parsed = input.safeParse(given);
    return parsed.success ? run(c, parsed.data) : parsed.error;
  },
});

/** The user: 1 to 128 characters, no / and no control characters. */
const user = userId;
/** The conversation: 1 to 128 of the characters A-Z a-z 0-9 . _ : @ + - */
const session = sessionId;

/** Returns a message as one line for a model: time, author, text, function calls. */
export function lineOf({ role, name, content, toolCalls = [], createdAt }: Omit<Message, "tokens" | "status">): string {
  const calls = toolCalls.map((call) => `${call.name}(${call.arguments})`);
  return `[${iso(createdAt)}] ${name ?? role}: ${[content, ...calls].filter(Boolean).join(" ")}`;
}

/** Returns the id of an answer's turn, which `delete_turn` takes. */
const turnOf = ({ role, turnId }: Message) => (role === "assistant" && turnId !== undefined ? ` (turn ${turnId})` : "");

/** Returns the schema of a search in one conversation, or in all of a user. @param most results */
const searched = (most: number) =>
  z
    .object({
      sessionId: z.optional(session),
      userId: z.optional(user),
      query: searchRequest.shape.q,
      limit: z._default(int(1, most), 10),
    })
    .check(
      z.refine(({ sessionId, userId }) => (sessionId === undefined) !== (userId === undefined), {
        error: "give either `sessionId` or `userId`",
      }),
    );

async function search(
  c: Context<AppEnv>,
  { sessionId = "", userId, query, limit }: z.output<ReturnType<typeof searched>>,
): Promise<{ facts: Fact[]; messages: RecalledMessage[] }> {
  const timeZone = settingsOf(c.env).TIME_ZONE;
  const embedding = embeddingOf(c);
  if (userId !== undefined) return callUser(c, userId, (stub) => stub.searchAll(query, limit, timeZone, embedding));
  const request = { text: query, limit, timeZone, embedding };
  const { recalled } = orThrow(await callSession(c, sessionId, (stub) => stub.search(request)));
  return { facts: [], messages: recalled };
}

const factLine = (fact: Fact) => `[${iso(fact.updatedAt)}] ${fact.id}: ${statementLine(fact)}`;

export const tools = {
  /** Ask the assistant a question. It knows the conversation and stores this turn. */
  ask: tool(
    z.object({ sessionId: session, userId: z.optional(user), question: askRequest.shape.question }),
    async (c, { sessionId, userId, question }) => {
      const request = askRequestOf(c, sessionId, userId, { input: promptInputOf(c, { question }) });
      const reply = await askSession(c, sessionId, request);
      if (reply.state === "failed") throw new FailureError(reply.failure);
      return reply.state === "finished" ? reply.turn.answer : "";
    },
  ),
  /**
   * Search messages of any age, best match first: in one conversation, or with `userId` in all conversations of a user
   * and in the facts about them.
   */
  search_memory: tool(searched(100), async (c, input) => {
    const { facts, messages } = await search(c, input);
    const lines = messages.map(({ sessionId: of, ...message }) => (of ? `${of} ` : "") + lineOf(message));
    return [...facts.map(factLine), ...lines].join("\n") || "No message matches.";
  }),
  /** Read the newest messages of a conversation, oldest of them first. */
  get_history: tool(
    z.object({ sessionId: session, limit: z._default(int(1, 1_000), 50) }),
    async (c, { sessionId, limit }) => {
      const { messages } = orThrow(await callSession(c, sessionId, (stub) => stub.getHistory({ limit })));
      const lines = messages.toReversed().map((message) => lineOf(message) + turnOf(message));
      return lines.join("\n") || "The conversation is empty.";
    },
  ),
  /** Append messages of another conversation to this one. */
  remember: tool(
    z.object({ sessionId: session, userId: z.optional(user), messages: appendRequest.shape.messages }),
    async (c, { sessionId, userId, messages }) => {
      const request = askRequestOf(c, sessionId, userId);
      const append = callSession(c, sessionId, (stub) => stub.append(messages, request), { retry: false });
      const { firstSeq, lastSeq } = orThrow(await append);
      return `Remembered as messages ${firstSeq} to ${lastSeq}.`;
    },
  ),
  /** Delete one question and its answer, by the id of the turn that `get_history` shows. */
  delete_turn: tool(
    z.object({ sessionId: session, turnId: turnParam.shape.turnId }),
    async (c, { sessionId, turnId }) => {
      const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.withdrawTurn(turnId)));
      return `Forgot ${deleted} messages.`;
    },
  ),
  /** Copy a conversation into a new one, to continue it in another way. */
  fork: tool(z.object({ sessionId: session, before: forkRequest.shape.before }), async (c, { sessionId, before }) => {
    const fork = await forkSession(c, sessionId, { before });
    return `Copied ${fork.messages} messages into the conversation ${fork.sessionId}.`;
  }),
  /**
   * Find facts and messages that a person may want forgotten, each after the call that deletes it. Deletes nothing: let
   * the person choose, then make these calls.
   */
  forget: tool(searched(20), async (c, input) => {
    const { facts, messages } = await search(c, input);
    const lines = facts.map((fact) => `forget_fact ${factLine(fact)}`);
    for (const [id, own] of Map.groupBy(messages, ({ sessionId = input.sessionId ?? "" }) => sessionId)) {
      const picked = await callSession(c, id, (stub) => stub.pick(own.map(({ seq }) => seq)));
      for (const { turnId, ...message } of orThrow(picked).messages)
        lines.push(
          `${turnId ? `delete_turn ${id} ${turnId}` : `delete_message ${id} ${message.seq}`}: ${lineOf(message)}`,
        );
    }
    return lines.join("\n") || "Nothing matches.";
  }),
  /** Delete one message that `remember` appended. */
  delete_message: tool(z.object({ sessionId: session, seq }), async (c, { sessionId, seq }) => {
    orThrow(await callSession(c, sessionId, (stub) => stub.deleteMessage(seq)));
    return "Forgotten.";
  }),
  /** Delete a conversation for good. */
  delete_conversation: tool(z.object({ sessionId: session }), async (c, { sessionId }) => {
    const { deleted } = orThrow(await callSession(c, sessionId, (stub) => stub.destroy()));
    return `Forgot ${deleted} messages.`;
  }),
  /** List the facts about a user, newest first. */
  get_facts: tool(z.object({ userId: user }), async (c, { userId }) => {
    const facts = await callUser(c, userId, (stub) => stub.facts());
    return facts.map(factLine).join("\n") || "There are no facts.";
  }),
  /** Add a fact about a user: one short statement, which later prompts of this user contain. */
  remember_fact: tool(z.object({ userId: user, text: factRequest.shape.text }), async (c, { userId, text }) => {
    const add = callUser(c, userId, (stub) => stub.addFact(text, null, {}, embeddingOf(c)), { retry: false });
    return `Remembered as ${orThrow(await add).id}.`;
  }),
  /** Change a fact about a user by its id, for example when it is no longer true. Its history is kept. */
  change_fact: tool(
    z.object({ userId: user, factId: factParam.shape.factId, text: factRequest.shape.text }),
    async (c, { userId, factId, text }) =>
      factLine(orThrow(await callUser(c, userId, (stub) => stub.changeFact(factId, { text }, embeddingOf(c))))),
  ),
  /** Delete a fact about a user by its id. */
  forget_fact: tool(z.object({ userId: user, factId: factParam.shape.factId }), async (c, { userId, factId }) => {
    orThrow(await callUser(c, userId, (stub) => stub.deleteFact(factId), { retry: false }));
    return "Forgotten.";
  }),
};

export type ToolName = keyof typeof tools;
