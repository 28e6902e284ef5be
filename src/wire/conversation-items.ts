/** Converts messages to items of the OpenAI surface. */
import type { Message, NewMessage } from "../turn/types";
import { functionCalls, openaiId, outputMessage, textPart } from "./response-objects";

/** A message of a user or a system message. */
const inputMessage = (id: string, role: "system" | "user", text: string) => ({
  type: "message" as const,
  id,
  status: "completed" as const,
  role,
  content: [{ type: "input_text" as const, text }],
});

const callResult = (id: string, callId: string, output: string) => ({
  type: "function_call_output" as const,
  id,
  call_id: callId,
  output,
  status: "completed" as const,
});

export type ConversationItem =
  | ReturnType<typeof inputMessage | typeof callResult | typeof outputMessage>
  | ReturnType<typeof functionCalls>[number];

/** Returns the items of a message: its text, then its function calls. */
export function itemsOf(
  sessionId: string,
  {
    seq,
    role,
    content,
    toolCalls = [],
    toolCallId = "",
    turnId,
    status,
  }: NewMessage & Pick<Message, "seq" | "status" | "turnId">,
): ConversationItem[] {
  const place = `~${seq}`;
  switch (role) {
    case "tool":
      return [callResult(openaiId("fco", sessionId, place), toolCallId, content)];
    case "system":
    case "user":
      return [inputMessage(openaiId("msg", sessionId, place), role, content)];
    case "assistant": {
      const at = turnId ?? place;
      const ended = status === "complete" ? "completed" : "incomplete";
      const said = outputMessage({ sessionId }, at, textPart(content), ended);
      const calls = functionCalls({ sessionId }, at, toolCalls);
      return content === "" && calls.length > 0 ? calls : [said, ...calls];
    }
  }
}
