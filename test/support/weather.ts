/** A function, a question that requires it, and a model's call of it. */
import { worker } from "./worker";

const llamory = worker();

export const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

export interface Call {
  id: string;
  function: { name: string; arguments: string };
}
interface Completion {
  choices: { message: { content: string | null; tool_calls?: Call[] }; finish_reason: string }[];
  error?: { code: string; param: string | null; message: string };
}

export const complete = async (session: string | null, messages: object[], more: object = { tools: [weather] }) => {
  const headers: Record<string, string> = session === null ? {} : { "x-session-id": session };
  const response = await llamory.post("/v1/chat/completions", { messages, ...more }, headers);
  const body = await response.json<Completion>();
  return { status: response.status, error: body.error, ...body.choices?.[0] };
};

export const ask = { role: "user", content: "What is the weather in Paris?" };
export const CALL = { name: "weather", arguments: '{"city":"Paris"}' };
export const CALLS = { response: null, tool_calls: [{ name: "weather", arguments: { city: "Paris" } }] };
/** Returns the transcript, newest first. */
export const history = async (session: string) => {
  const response = await llamory.fetch(`/sessions/${session}/messages`);
  return (
    await response.json<{
      data: { role: string; content: string; status: string; turnId: string; toolCalls?: Call[] }[];
    }>()
  ).data;
};

/** Asks, and sends the function's result. */
export async function exchange(session: string, result = "20 degrees") {
  const { message } = await complete(session, [ask]);
  const id = message?.tool_calls?.[0]?.id ?? "";
  const returned = { role: "tool", tool_call_id: id, content: result };
  return complete(session, [ask, { role: "assistant", ...message }, returned]);
}
