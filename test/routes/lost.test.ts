import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Events, playedStream, textOf } from "../support/sse";
import { freshSession, scripted, worker } from "../support/worker";

const llamory = worker();

describe("a session's object that is lost during a turn", () => {
  it("has the streamed answer exactly once all the same", async () => {
    const played = playedStream();
    const session = freshSession();
    const client = new Events(await worker({ AI: scripted(played.stream) }).stream(session, "Hold on."));
    await client.next();
    played.say("I am ");
    await client.next();
    await abortAllDurableObjects();
    expect(await llamory.transcript(session)).toEqual(["user: Hold on.", "assistant: "]);
    played.say("still here.");
    played.end();
    const events = await client.rest();
    expect(events.at(-1)).toMatchObject({ event: "done", data: { answer: "I am still here." } });
    expect(await llamory.transcript(session)).toEqual(["user: Hold on.", "assistant: I am still here."]);
  });

  it("and whose session is emptied meanwhile, has nothing of the turn", async () => {
    const played = playedStream();
    const session = freshSession();
    const client = new Events(await worker({ AI: scripted(played.stream) }).stream(session, "Hold on."));
    await client.next();
    await abortAllDurableObjects();
    await llamory.post("/reset", { sessionId: session });
    played.say("I am still here.");
    played.end();
    expect((await client.rest()).at(-1)).toMatchObject({ event: "error", data: { code: "turn_cancelled" } });
    expect(await llamory.transcript(session)).toEqual([]);
  });

  it("has the JSON answer exactly once all the same", async () => {
    const session = freshSession();
    const AI = scripted(async () => {
      await abortAllDurableObjects();
      return { response: "Here." };
    });
    const response = await worker({ AI }).ask(session, "Where?");
    expect(response.status).toBe(200);
    expect(await llamory.transcript(session)).toEqual(["user: Where?", "assistant: Here."]);
  });
});

describe("a Worker that is lost during a turn", () => {
  it("leaves what was said so far, tells the followers, and the next in line goes on", async () => {
    const session = freshSession();
    const stub = env.CHAT_DO.getByName(session);
    const opening = await stub.openTurn({ question: "Anyone?", budget: { context: 100, recall: 0 } });
    if (opening.state !== "open") throw new Error(opening.state);
    const { turn, identity } = opening;
    await turn.accept();
    let worker_: ReadableStreamDefaultController<Uint8Array> | undefined;
    const bytes = new ReadableStream<Uint8Array>({
      start(controller) {
        worker_ = controller;
      },
    });
    const recorded = turn.record(bytes);
    const tell = (event: object) => worker_?.enqueue(new TextEncoder().encode(`${JSON.stringify(event)}\n`));
    tell({ type: "start", model: "m", memory: { tokens: 0, window: null, recalled: [], omitted: 0 } });
    tell({ type: "delta", text: "I was", at: 5 });
    const follower = new Events(await llamory.open(`/sessions/${session}/turns/${identity.id}/stream`));
    const next = llamory.ask(session, "Next?");
    worker_?.error(new Error("the Worker is gone"));
    await recorded;
    const events = await follower.rest();
    expect(textOf(events)).toBe("I was");
    expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "turn_interrupted" } });
    expect((await next).status).toBe(200);
    expect((await llamory.transcript(session)).slice(0, 3)).toEqual([
      "user: Anyone?",
      "assistant: I was",
      "user: Next?",
    ]);
  });

  it("leaves nothing of a turn that had only been accepted", async () => {
    const session = freshSession();
    const opening = await env.CHAT_DO.getByName(session).openTurn({
      question: "Anyone?",
      budget: { context: 100, recall: 0 },
    });
    if (opening.state !== "open") throw new Error(opening.state);
    await opening.turn.accept();
    opening[Symbol.dispose]();
    expect((await llamory.ask(session, "Next?")).status).toBe(200);
    expect((await llamory.transcript(session))[0]).toBe("user: Next?");
  });
});
