import type { Encode } from "../turn/types";
import { openaiErrorOf } from "./problem";
import {
  begun,
  type FunctionCall,
  type OutputItem,
  openaiId,
  outputMessage,
  type ResponsesForm,
  reasoningItem,
  refusalPart,
  responseOfTurn,
  textPart,
} from "./response-objects";

/**
 * Encodes the events of a streamed response: its items in order, reasoning, message and calls. An event's number counts
 * the events before it and each character of text, so that a replay in other parts has the same numbers. Reasoning is
 * not stored, so a replay has none of its events: they have the number of the event before them.
 */
export function responseEvents(form: ResponsesForm, turnId: string): Encode {
  const reasoningAt = { item_id: openaiId("rs", form.sessionId, turnId), output_index: 0, content_index: 0 };
  let messageAt = { item_id: openaiId("msg", form.sessionId, turnId), output_index: 0, content_index: 0 };
  const { after = -1 } = form;
  /** The number of the next event. */
  let next = 0;
  let model = "";
  let thought = "";
  let open: "reasoning" | "message" | undefined;
  const eventOf = (type: string, data: object, sequence_number: number) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...data })}\n\n`;
  /** Encodes an event if the follower does not have it. */
  const encode = (type: string, data: object) => (next++ > after ? eventOf(type, data, next - 1) : "");
  /** Encodes an event of the reasoning. */
  const aside = (type: string, data: object) => (next - 1 > after ? eventOf(type, data, next - 1) : "");
  /** Encodes the last event, which every follower gets. */
  const last = (type: string, data: object) => eventOf(type, data, Math.max(next++, after + 1));
  /** Encodes the part of a text that the follower does not have. */
  const added = (type: string, at: object, text: string) => {
    next += text.length;
    const missing = next - 1 - after;
    return missing > 0 ? eventOf(type, { ...at, delta: text.slice(-missing) }, next - 1) : "";
  };

  /** Encodes the beginning of an item with one part. The openai SDK refuses text of a part that was not added. */
  const begin = (emit: typeof encode, at: typeof messageAt, item: { content: object[] }) =>
    emit("response.output_item.added", { output_index: at.output_index, item: { ...item, content: [] } }) +
    emit("response.content_part.added", { ...at, part: item.content[0] });
  /** Encodes the end of an item with one part. */
  const finish = (emit: typeof encode, at: typeof messageAt, item: { content: object[] }) =>
    emit("response.content_part.done", { ...at, part: item.content[0] }) +
    emit("response.output_item.done", { output_index: at.output_index, item });

  const reasoningStart = () => {
    open = "reasoning";
    messageAt = { ...messageAt, output_index: 1 };
    return begin(aside, reasoningAt, reasoningItem(form, turnId, ""));
  };
  const reasoningEnd = () => {
    if (open !== "reasoning") return "";
    open = undefined;
    const done = aside("response.reasoning_text.done", { ...reasoningAt, text: thought });
    return done + finish(aside, reasoningAt, reasoningItem(form, turnId, thought));
  };
  const messageStart = (refused: boolean | undefined) => {
    const before = reasoningEnd();
    open = "message";
    const part = refused ? refusalPart("") : textPart("");
    const item = { ...outputMessage(form, turnId, part, "completed"), status: "in_progress" };
    return before + begin(encode, messageAt, item);
  };
  const messageEnd = (item: ReturnType<typeof outputMessage>) => {
    const [part] = item.content;
    const opened = open === "message" ? "" : messageStart(part?.type === "refusal");
    const done =
      part?.type === "refusal"
        ? encode("response.refusal.done", { ...messageAt, refusal: part.refusal })
        : encode("response.output_text.done", { ...messageAt, text: part?.text, logprobs: [] });
    return opened + done + finish(encode, messageAt, item);
  };
  const call = (item: FunctionCall, output_index: number) => {
    const at = { item_id: item.id, output_index };
    const { name, arguments: json } = item;
    return [
      encode("response.output_item.added", { output_index, item: { ...item, arguments: "", status: "in_progress" } }),
      encode("response.function_call_arguments.delta", { ...at, delta: json }),
      encode("response.function_call_arguments.done", { ...at, name, arguments: json }),
      encode("response.output_item.done", { output_index, item }),
    ].join("");
  };
  const endOf = (item: OutputItem, at: number): string => {
    switch (item.type) {
      case "reasoning":
        return reasoningEnd();
      case "message":
        return messageEnd(item);
      case "function_call":
        return call(item, at);
    }
  };
  return (event) => {
    switch (event.type) {
      case "start": {
        model = event.model;
        const response = begun(form, turnId, model);
        return encode("response.created", { response }) + encode("response.in_progress", { response });
      }
      case "reasoning": {
        // Drops reasoning after text: its item would precede the message.
        if (open === "message") return "";
        const opened = open === "reasoning" ? "" : reasoningStart();
        thought += event.text;
        return opened + aside("response.reasoning_text.delta", { ...reasoningAt, delta: event.text });
      }
      case "delta": {
        // Opens the message with the first text, because an answer may consist of function calls only.
        const opened = open === "message" ? "" : messageStart(event.refused);
        return event.refused
          ? opened + added("response.refusal.delta", messageAt, event.text)
          : opened + added("response.output_text.delta", { ...messageAt, logprobs: [] }, event.text);
      }
      case "done": {
        const response = responseOfTurn(form, turnId, { ...event.finished, reasoning: thought });
        const items = response.output.map((item, at) => endOf(item, at));
        return [...items, last(`response.${response.status}`, { response })].join("");
      }
      case "failed": {
        const { error } = openaiErrorOf(event.failure);
        const { code, message } = error;
        const response = { ...begun(form, turnId, model), status: "failed", error: { code, message } };
        // OpenAI documents the flat form. Its older SDKs and the AI SDK 5 recognize an error only by `error`.
        return last("response.failed", { response }) + last("error", { code, message, param: null, error });
      }
    }
  };
}
