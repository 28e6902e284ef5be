/** Memories that remember nothing: for questions that bring their own conversation, and for those that only read. */

import { estimateMessage } from "./tokens";
import type { Context, Memory, Message, NewMessage, Opening, TurnHandle, TurnRequest } from "./types";

const nothing: TurnHandle & Disposable = {
  commit: async () => "remembered",
  accept: async () => "remembered",
  record: async (events) => {
    await events.cancel();
    return "remembered";
  },
  fail: async () => {},
  [Symbol.dispose]: () => {},
};

function opened(request: TurnRequest, context: Context): Opening & Disposable {
  const identity = { id: crypto.randomUUID(), generation: "", question: request.question, createdAt: Date.now() };
  return { state: "open", identity, context, turn: nothing, [Symbol.dispose]: () => {} };
}

const memory = (read: Memory["context"]): Memory => ({
  context: read,
  openTurn: async (request) => opened(request, await read(request.question, request.budget)),
  remember: async () => "remembered",
  follow: async () => null,
});

/** The memory of a conversation that the client keeps and sends along. */
export function clientsMemory(messages: NewMessage[]): Memory {
  const window = messages.map(
    ({ role, content }, at): Message => ({
      seq: at + 1,
      role,
      content,
      tokens: estimateMessage({ content }),
      createdAt: 0,
      status: "complete",
    }),
  );
  return memory(async () => ({ window, recalled: [], total: window.length, [Symbol.dispose]: () => {} }));
}

/** A session's memory that is read and not written. */
export const readOnly = (session: () => Memory): Memory =>
  memory((question, budget) => session().context(question, budget));
