/** Conversations of the OpenAI surface. A conversation is a session, and has its id. */
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import type { AppEnv, Conversation } from "../../env";
import { MAX_APPEND_BODY } from "../../limits";
import { json } from "../../middleware/json-response";
import { FailureError, orThrow } from "../../middleware/respond";
import { route } from "../../middleware/route";
import { valid } from "../../middleware/validation";
import { askRequestOf, callSession } from "../../rpc/call-session";
import {
  conversationChange,
  conversationDeleted,
  conversationParam,
  conversationRequest,
  conversationResponse,
  itemParam,
  itemQuery,
  itemResponse,
  itemsRequest,
  itemsResponse,
} from "../../schema/conversation-schema";
import type { SentMessage } from "../../schema/openai-items";
import { sessionHeaders } from "../../schema/openai-schema";
import type { ResponseBody } from "../../schema/response-body";
import { itemsOf } from "../../wire/conversation-items";
import { CHANGE_FAILURES, type Operations } from "../operation";
import { listOf, placeOf } from "./places";
import { hasContent, joined, messagesIn, userIdOf } from "./request";

const APPEND_FAILURES = [
  "session_queue_full",
  "session_full",
  "turn_cancelled",
  "session_of_another_user",
  "user_being_deleted",
  "user_unreachable",
  "storage_failed",
] as const;

export const operations = (): Operations => ({
  "POST /v1/conversations": {
    id: "createConversation",
    summary: "Create a conversation",
    description: "Creates a session for responses with `conversation`, and stores its first items.",
    headers: sessionHeaders,
    example: { metadata: { topic: "bees" }, items: [{ role: "user", content: "The honey is ripe in July." }] },
    response: conversationResponse,
    failures: APPEND_FAILURES,
    postman: [{ at: 242, name: "Create a conversation", sets: { conversationId: "pm.response.json().id" } }],
  },
  "GET /v1/conversations/:conversationId": {
    id: "conversation",
    summary: "Get a conversation",
    description: "Every session with messages is a conversation.",
    response: conversationResponse,
    failures: ["conversation_not_found"],
    postman: [{ at: 243, name: "Get the conversation", includes: "bees" }],
  },
  "POST /v1/conversations/:conversationId": {
    id: "updateConversation",
    summary: "Update a conversation",
    description: "Replaces the metadata.",
    example: { metadata: { topic: "honey" } },
    response: conversationResponse,
    failures: ["conversation_not_found", "turn_cancelled", ...CHANGE_FAILURES],
    postman: [{ at: 244, name: "Change its metadata", includes: "honey" }],
  },
  "DELETE /v1/conversations/:conversationId": {
    id: "deleteConversation",
    summary: "Delete a conversation",
    description: "Deletes the session with its items.",
    response: conversationDeleted,
    failures: CHANGE_FAILURES,
    postman: [{ at: 249, name: "Delete the conversation" }],
  },
  "GET /v1/conversations/:conversationId/items": {
    id: "items",
    summary: "List the items of a conversation",
    description: "Returns messages, function calls and their results.",
    response: itemsResponse,
    failures: ["message_not_found"],
    postman: [
      { at: 246, name: "List its items", includes: "ripe in July", sets: { itemId: "pm.response.json().last_id" } },
    ],
  },
  "POST /v1/conversations/:conversationId/items": {
    id: "createItems",
    summary: "Create items",
    description:
      "Stores items without asking the model: all of them, or none. Reasoning, and messages without content, are left out.",
    headers: sessionHeaders,
    example: { items: [{ role: "user", content: "And in June?" }] },
    response: itemsResponse,
    failures: APPEND_FAILURES,
    postman: [{ at: 245, name: "Add an item" }],
  },
  "GET /v1/conversations/:conversationId/items/:itemId": {
    id: "item",
    summary: "Get an item",
    description: "Returns one item by its id.",
    response: itemResponse,
    failures: ["message_not_found"],
    postman: [{ at: 247, name: "Get the item", includes: "July" }],
  },
  "DELETE /v1/conversations/:conversationId/items/:itemId": {
    id: "deleteItem",
    summary: "Delete an item",
    description: "Deletes an item that was created. The items of a response are deleted with the response.",
    response: conversationResponse,
    failures: ["message_not_found", "message_of_a_turn", "conversation_not_found", ...CHANGE_FAILURES],
    postman: [{ at: 248, name: "Delete the item" }],
  },
});

/** Answers with a conversation. */
function conversationOf(c: Context<AppEnv>, id: string, { createdAt, metadata }: Conversation) {
  const created_at = Math.floor(createdAt / 1_000);
  const body: ResponseBody<typeof conversationResponse> = { id, object: "conversation", created_at, metadata };
  return json(c, body, 200);
}

/** Appends items to a session. @returns the items with their ids */
async function append(c: Context<AppEnv>, id: string, given: SentMessage[]) {
  const messages = messagesIn(joined(given, "items")).filter(hasContent);
  if (messages.length === 0) return [];
  const request = askRequestOf(c, id, userIdOf(c, undefined));
  const { firstSeq } = orThrow(await callSession(c, id, (stub) => stub.append(messages, request), { retry: false }));
  return messages.flatMap((message, at) => itemsOf(id, { ...message, seq: firstSeq + at, status: "complete" }));
}

/** Returns the place of an item. @throws {FailureError} if it is not of the conversation */
function placeIn(id: string, itemId: string): string {
  const { sessionId, turnId } = placeOf("item", itemId, "message_not_found");
  if (sessionId !== id) throw new FailureError({ reason: "message_not_found" });
  return turnId;
}

const PATH = "/v1/conversations/:conversationId";
const ITEM = `${PATH}/items/:itemId` as const;
const param = valid("param", conversationParam);
const large = route({ maxBody: MAX_APPEND_BODY });

export const routes = new Hono<AppEnv>()
  .post("/v1/conversations", large, valid("json", conversationRequest), async (c) => {
    const { items, metadata } = c.req.valid("json");
    const id = `conv_${crypto.randomUUID().replaceAll("-", "")}`;
    const conversation = { createdAt: Date.now(), metadata: metadata ?? {} };
    orThrow(await callSession(c, id, (stub) => stub.change({ conversation })));
    try {
      await append(c, id, items ?? []);
    } catch (error) {
      // The client does not learn the id.
      await callSession(c, id, (stub) => stub.destroy()).catch(() => {});
      throw error;
    }
    return conversationOf(c, id, conversation);
  })
  .get(PATH, param, async (c) => {
    const { conversationId: id } = c.req.valid("param");
    return conversationOf(c, id, orThrow(await callSession(c, id, (stub) => stub.conversation())));
  })
  .post(PATH, param, valid("json", conversationChange), async (c) => {
    const { conversationId: id } = c.req.valid("param");
    const { metadata } = c.req.valid("json");
    return conversationOf(c, id, orThrow(await callSession(c, id, (stub) => stub.conversation(metadata ?? {}))));
  })
  .delete(PATH, param, async (c) => {
    const { conversationId: id } = c.req.valid("param");
    orThrow(await callSession(c, id, (stub) => stub.destroy()));
    const body: ResponseBody<typeof conversationDeleted> = { id, object: "conversation.deleted", deleted: true };
    return json(c, body, 200);
  })
  .get(`${PATH}/items`, param, valid("query", itemQuery), async (c) => {
    const { conversationId: id } = c.req.valid("param");
    const { order, after, limit } = c.req.valid("query");
    const isAscending = order === "asc";
    const at = after === undefined ? undefined : placeIn(id, after);
    // The message of the item before the page, and one after the page.
    const page = { at, isAscending, limit: limit + 2 };
    const { messages, hasMore } = orThrow(await callSession(c, id, (stub) => stub.items(page)));
    const all = messages.flatMap((message) => {
      const items = itemsOf(id, message);
      return isAscending ? items : items.reverse();
    });
    const body: ResponseBody<typeof itemsResponse> = listOf(all, { after, limit }, hasMore);
    return json(c, body, 200);
  })
  .post(`${PATH}/items`, large, param, valid("json", itemsRequest), async (c) => {
    const items = await append(c, c.req.valid("param").conversationId, c.req.valid("json").items);
    const body: ResponseBody<typeof itemsResponse> = listOf(items, { limit: items.length });
    return json(c, body, 200);
  })
  .get(ITEM, valid("param", itemParam), async (c) => {
    const { conversationId: id, itemId } = c.req.valid("param");
    const page = { at: placeIn(id, itemId), isAscending: true, limit: 1 };
    const { messages } = orThrow(await callSession(c, id, (stub) => stub.items(page)));
    const found = messages.flatMap((message) => itemsOf(id, message)).find((item) => item.id === itemId);
    if (!found) throw new FailureError({ reason: "message_not_found" });
    const body: ResponseBody<typeof itemResponse> = found;
    return json(c, body, 200);
  })
  .delete(ITEM, valid("param", itemParam), async (c) => {
    const { conversationId: id, itemId } = c.req.valid("param");
    const place = placeIn(id, itemId);
    if (!place.startsWith("~")) {
      const turn = await callSession(c, id, (stub) => stub.getTurn(place));
      throw new FailureError({ reason: turn.ok ? "message_of_a_turn" : "message_not_found" });
    }
    // Without its last item, a session is a conversation only if it was created as one.
    const conversation = await callSession(c, id, (stub) => stub.conversation());
    orThrow(await callSession(c, id, (stub) => stub.deleteMessage(Number(place.slice(1)))));
    return conversationOf(c, id, orThrow(conversation));
  });
