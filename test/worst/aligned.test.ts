import { expect, inject, it } from "vitest";
import { post } from "../e2e/support/http";
import { MOST_APPENDS, ordinaryAppendMs } from "../e2e/support/ordinary";
import { Workerd } from "../e2e/support/workerd";

it("a history that almost equals a long transcript costs little CPU", async () => {
  await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
  await server.start();
  const session = "aligned";
  const role = (at: number) => (at % 2 ? "assistant" : "user");
  /** Long texts of one letter: each short one is a part of no long one, which takes a whole search to see. */
  const text = (at: number, length: number) => `${(at % 2 ? "c" : "a").repeat(length)}x`;
  for (let part = 0; part < 4; part += 1) {
    const messages = Array.from({ length: 500 }, (_, at) => ({ role: role(at), content: text(at, 8_000) }));
    expect((await post(`${server.url}/sessions/${session}/messages`, { messages })).status).toBe(201);
  }
  const end = ["Another question.", "Another answer."].map((content, at) => ({ role: role(at), content }));
  expect((await post(`${server.url}/sessions/${session}/messages`, { messages: end })).status).toBe(201);
  const history = Array.from({ length: 1_000 }, (_, at) => ({ role: role(at), content: text(at, 4_000) }));
  const messages = [
    { role: "user", content: "It begins otherwise." },
    ...history.slice(1),
    { role: "user", content: "And now?" },
  ];
  const before = server.cpuMs();
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-openwebui-chat-id": session },
    body: JSON.stringify({ messages }),
  });
  expect(response.status).toBe(200);
  const cpu = server.cpuMs() - before;
  expect(cpu / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS);
});
