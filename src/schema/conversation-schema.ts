/** Shapes of conversations and their items. */
import * as z from "zod/mini";
import { sessionId } from "./common-schema";
import { int, intFromText } from "./fields";
import { storedItems } from "./openai-items";
import { metadata } from "./openai-schema";
import { functionCall, itemStatus, outputMessage, responseParam } from "./responses-schema";

export const conversationRequest = z.object({
  /** Up to 16 texts of up to 512 characters, which the conversation keeps. */
  metadata: z.nullish(metadata),
  /** The first items of the conversation. */
  items: z.nullish(storedItems(0)),
});
export const conversationChange = z.object({
  /** The new metadata: up to 16 texts of up to 512 characters. */
  metadata: z.nullish(metadata),
});
export const itemsRequest = z.object({
  /** The items, oldest first. */
  items: storedItems(1),
});

export const conversationParam = z.object({ conversationId: sessionId });
export const itemParam = z.object({
  conversationId: sessionId,
  /** The id of the item. */
  itemId: responseParam.shape.responseId,
});

export const itemQuery = z.object({
  /** The most items of a page. */
  limit: z._default(intFromText(1, 100), 20),
  /** The order of the items. */
  order: z._default(z.enum(["asc", "desc"]), "desc"),
  /** Returns the items after this one: the `last_id` of the previous page. */
  after: z.optional(z.string()),
});

export const conversationResponse = () =>
  z.object({
    /** The id of the conversation. It is the id of its session. */
    id: z.string(),
    object: z.literal("conversation"),
    /** The time of its creation, in seconds since 1970. */
    created_at: int(0),
    /** The metadata. */
    metadata: z.record(z.string(), z.string()),
  });

export const conversationDeleted = () =>
  z.object({
    /** The id of the conversation. */
    id: z.string(),
    object: z.literal("conversation.deleted"),
    deleted: z.literal(true),
  });

const inputMessage = () =>
  z.object({
    type: z.literal("message"),
    /** The id of the item. */
    id: z.string(),
    status: itemStatus(),
    /** The author. */
    role: z.enum(["system", "user"]),
    /** The text. */
    content: z.array(
      z.object({
        type: z.literal("input_text"),
        /** The text. */
        text: z.string(),
      }),
    ),
  });

const callResult = () =>
  z.object({
    type: z.literal("function_call_output"),
    /** The id of the item. */
    id: z.string(),
    /** The id of the function call. */
    call_id: z.string(),
    /** The result. */
    output: z.string(),
    status: z.literal("completed"),
  });

export const itemResponse = () => z.union([outputMessage(), functionCall(), inputMessage(), callResult()]);

export const itemsResponse = () =>
  z.object({
    object: z.literal("list"),
    /** The items. */
    data: z.array(itemResponse()),
    /** The id of the first item; null without items. */
    first_id: z.nullable(z.string()),
    /** The id of the last item; null without items. */
    last_id: z.nullable(z.string()),
    /** Whether more items follow. */
    has_more: z.boolean(),
  });
