// A model server on loopback with the OpenAI API, which streams prepared answers.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { answerTo } from "./story.mjs";

const WORD_MS = 30;

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { messages, stream } = JSON.parse(Buffer.concat(chunks).toString());
  const content = answerTo(messages.at(-1).content);
  if (!stream) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ choices: [{ message: { content }, finish_reason: "stop" }] }));
    return;
  }
  response.setHeader("content-type", "text/event-stream");
  const send = (delta, finish_reason = null) =>
    response.write(`data: ${JSON.stringify({ choices: [{ delta, finish_reason }] })}\n\n`);
  for (const word of content.match(/\s*\S+/g) ?? []) {
    send({ content: word });
    await wait(WORD_MS);
  }
  send({}, "stop");
  response.end("data: [DONE]\n\n");
}

/** Starts the server. Returns its base URL and a function that stops it. */
export async function startModel() {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, stop: () => server.close() };
}
