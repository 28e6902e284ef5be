/** Responses of the OpenAI surface. */
import { worker } from "./worker";

const llamory = worker();

interface Answer {
  id: string;
  output: { id: string; content: { text: string }[] }[];
  error: { code: string; param: string | null };
}

export const respond = async (body: object, headers: Record<string, string> = {}) => {
  const response = await llamory.post("/v1/responses", body, headers);
  return { status: response.status, body: await response.json<Answer>() };
};

/** Returns the first response of a session. */
export const begin = (session: string) => respond({ input: "My name is Ana." }, { "x-session-id": session });
