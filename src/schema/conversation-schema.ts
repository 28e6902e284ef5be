/** Shapes of conversations and their items. */
import * as z from "zod/mini";
import { sessionId } from "./common-schema";
import { always, count, described, intFromText, list, nullable, nullish, objects, text } from "./fields";
import { itemList } from "./openai-items";
import { metadata } from "./openai-schema";
import { functionCall, itemStatus, outputMessage, responseParam } from "./responses-schema";

/** The metadata of a conversation. */
const kept = nullish("Up to 16 texts of up to 512 characters, which the conversation keeps.", metadata);

export const conversationRequest = z.object({
  metadata: kept,
  items: nullish("The first items of the conversation.", itemList(0)),
});
export const conversationChange = z.object({ metadata: kept });
export const itemsRequest = z.object({ items: described("The items, oldest first.", itemList(1)) });

export const conversationParam = z.object({ conversationId: sessionId });
export const itemParam = z.object({
  conversationId: sessionId,
  itemId: described("The id of the item.", responseParam.shape.responseId),
});

export const itemQuery = z.object({
  limit: z._default(described("The most items of a page.", intFromText(1, 100)), 20),
  order: z._default(described("The order of the items.", z.enum(["asc", "desc"])), "desc"),
  after: z.optional(text("Returns the items after this one: the `last_id` of the previous page.")),
});

export const conversationResponse = () =>
  z.object({
    id: text("The id of the conversation. It is the id of its session."),
    object: always("conversation"),
    created_at: count("The time of its creation, in seconds since 1970."),
    metadata: described("The metadata.", z.record(z.string(), z.string())),
  });

export const conversationDeleted = () =>
  z.object({
    id: text("The id of the conversation."),
    object: always("conversation.deleted"),
    deleted: always(true),
  });

export const itemResponse = () =>
  z.union([
    outputMessage(),
    functionCall(),
    z.object({
      type: always("message"),
      id: text("The id of the item."),
      status: itemStatus(),
      role: described("The author.", z.enum(["system", "user"])),
      content: objects("The text.", { type: always("input_text"), text: text("The text.") }),
    }),
    z.object({
      type: always("function_call_output"),
      id: text("The id of the item."),
      call_id: text("The id of the function call."),
      output: text("The result."),
      status: always("completed"),
    }),
  ]);

export const itemsResponse = () =>
  z.object({
    object: always("list"),
    data: list("The items.", itemResponse()),
    first_id: nullable("The id of the first item; null without items.", z.string()),
    last_id: nullable("The id of the last item; null without items.", z.string()),
    has_more: described("Whether more items follow.", z.boolean()),
  });
