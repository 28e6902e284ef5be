import { describe, expect, it } from "vitest";
import { begin, respond } from "../../support/responses";
import { PLAYED, scripted } from "../../support/scripted-model";
import { Events, type ServerSentEvent } from "../../support/sse";
import { freshSession, worker } from "../../support/worker";

const llamory = worker();

/** Returns the id of the response in an event. */
function idIn(event: ServerSentEvent | undefined): string {
  const response = event?.data.response;
  return typeof response === "object" && response !== null && "id" in response ? String(response.id) : "";
}

describe("a response that was stored", () => {
  const get = (id: string, method = "GET") => llamory.fetch(`/v1/responses/${encodeURIComponent(id)}`, { method });

  it("can be read again, as it was answered", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const read = await get(body.id);
    expect(read.status).toBe(200);
    expect(await read.json()).toEqual({ ...body, conversation: { id: session } });
  });

  it("is read while it runs, when it was cancelled, and when it was cut off", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    for (const [how, status] of [
      ["cancel", "cancelled"],
      ["cut", "failed"],
    ]) {
      const client = new Events(
        await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session }),
      );
      const id = idIn(await client.next());
      expect(await (await get(id)).json()).toMatchObject({ status: "in_progress", error: null });
      await model.say("la la");
      const turn = `/sessions/${session}/turns/${id.slice(id.indexOf(".") + 1)}`;
      if (how === "cancel") await llamory.fetch(`${turn}/cancel`, { method: "POST" });
      else await model.fail();
      await client.rest();
      expect(await (await get(id)).json()).toMatchObject({ status, output: [{ content: [{ text: "la la" }] }] });
    }
  });

  it("is deleted with its question: gone from transcript, search, prompts and export, and what came after stays", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const { body: secret } = await respond({ input: "The code is xylophone.", previous_response_id: body.id });
    await respond({ input: "It rains.", previous_response_id: secret.id });
    const deleted = await get(secret.id, "DELETE");
    expect(await deleted.json()).toEqual({ id: secret.id, object: "response", deleted: true });
    const model = await scripted(session, { response: "No idea." });
    await llamory.ask(session, "What is the code?");
    const [run] = await model.runs();
    expect(JSON.stringify(run?.inputs.messages)).toContain("It rains.");
    const search = await llamory.post(`/sessions/${session}/search`, { q: "xylophone" });
    const lines = new TextDecoder().decode(await (await llamory.fetch(`/sessions/${session}/export`)).arrayBuffer());
    for (const text of [JSON.stringify(run), await search.text(), lines]) expect(text).not.toContain("xylophone");
    expect(await llamory.transcript(session)).toHaveLength(6);
    const counts = await llamory.fetch(`/sessions/${session}`);
    expect(await counts.json()).toMatchObject({ messages: 6 });
    for (const method of ["GET", "DELETE"]) expect((await get(secret.id, method)).status).toBe(404);
    expect((await respond({ input: "Hi", previous_response_id: secret.id })).status).toBe(404);
    const elsewhere = freshSession();
    const headers = { "content-type": "application/x-ndjson" };
    const init = { method: "POST", headers, body: lines };
    expect((await llamory.fetch(`/sessions/${elsewhere}/import`, init)).status).toBe(201);
    const again = await llamory.fetch(`/sessions/${elsewhere}/export`);
    expect(new TextDecoder().decode(await again.arrayBuffer())).toBe(lines);
  });

  it("and is the last one leaves a session that exports, counts and goes on", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    await get(body.id, "DELETE");
    const lines = await llamory.fetch(`/sessions/${session}/export`);
    expect(new TextDecoder().decode(await lines.arrayBuffer())).toContain('{"end":{"messages":0}}');
    expect(await (await llamory.fetch(`/sessions/${session}`)).json()).toMatchObject({
      messages: 0,
      tokens: 0,
      lastAt: null,
    });
    expect((await llamory.ask(session, "Hello?")).status).toBe(200);
    expect(await llamory.transcript(session)).toHaveLength(2);
  });

  it("is deleted while another turn runs, which goes on and is remembered whole", async () => {
    const session = freshSession();
    const { body } = await begin(session);
    const model = await scripted(session, PLAYED);
    const client = new Events(await llamory.stream(session, "Sing."));
    await client.next();
    expect((await get(body.id, "DELETE")).status).toBe(200);
    await model.say("la la");
    await model.end();
    expect((await client.rest()).at(-1)).toMatchObject({ event: "done", data: { answer: "la la" } });
    expect(await llamory.transcript(session)).toEqual(["user: Sing.", "assistant: la la"]);
  });

  it("and runs is ended and deleted", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED);
    const client = new Events(
      await llamory.post("/v1/responses", { input: "Sing.", stream: true, conversation: session }),
    );
    const id = idIn(await client.next());
    await model.say("la");
    expect((await get(id, "DELETE")).status).toBe(200);
    await client.rest();
    expect(await llamory.transcript(session)).toEqual([]);
  });
});
