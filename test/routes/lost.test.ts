import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { lose } from "../support/lose";
import { HELD, NEVER, PARTS, PLAYED, scripted } from "../support/scripted-model";
import { Events } from "../support/sse";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("a session's object that is lost during a turn", () => {
  it("ends a streamed answer with an error, and its next wake ends the turn with what was saved", async () => {
    const session = freshSession();
    const model = await scripted(session, PLAYED, { response: "Yes." });
    const client = new Events(await llamory.stream(session, "Hold on."));
    const start = await client.next();
    await model.say("I am ");
    await client.next();
    await lose(session);
    expect(await client.rest()).toMatchObject([{ id: "", event: "error", data: { code: "turn_interrupted" } }]);
    expect(await llamory.transcript(session)).toEqual(["user: Hold on.", "assistant: "]);
    const turn = await llamory.fetch(`/sessions/${session}/turns/${start?.data.turnId}`);
    expect(await turn.json()).toMatchObject({ status: "interrupted" });
    expect((await llamory.ask(session, "Still here?")).status).toBe(200);
    expect(await llamory.transcript(session)).toEqual([
      "user: Hold on.",
      "assistant: ",
      "user: Still here?",
      "assistant: Yes.",
    ]);
  });

  it("has a JSON answer exactly once all the same: the Worker asks again under the same id", async () => {
    const session = freshSession();
    const model = await scripted(session, HELD, { response: "Here." });
    const asked = llamory.ask(session, "Where?");
    await model.called();
    await lose(session);
    const response = await asked;
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ answer: "Here." });
    expect(await model.runs()).toHaveLength(2);
    expect(await llamory.transcript(session)).toEqual(["user: Where?", "assistant: Here."]);
  });

  it("runs a streamed ask again that was lost before its first text, as the same turn", async () => {
    const session = freshSession();
    const model = await scripted(session, NEVER, PARTS);
    const asked = llamory.stream(session, "Where?");
    await model.called();
    await lose(session);
    const events = await new Events(await asked).rest();
    expect(events.at(-1)).toMatchObject({ event: "done", data: { answer: "re: Where?" } });
    expect(await model.runs()).toHaveLength(2);
    expect(await llamory.transcript(session)).toEqual(["user: Where?", "assistant: re: Where?"]);
  });

  it("keeps a session across evictions", async () => {
    const session = freshSession();
    await llamory.ask(session, "My name is Ana.");
    await evictDurableObject(env.CHAT_DO.getByName(session));
    const { answer } = await (await llamory.ask(session, "What is my name?")).json<{ answer: string }>();
    expect(answer).toContain("Ana");
  });
});
