import { describe, expect, it } from "vitest";
import { MAX_FOLLOWERS } from "../../src/turn/live-turn";
import { PLAYED, scripted } from "../support/scripted-model";
import { Events, textOf } from "../support/sse";
import { freshSession, worker } from "../support/worker";

const llamory = worker();

describe("a turn with as many followers as it may have", () => {
  it("refuses more, by its route and by its key, and serves those it has and the one who asked", async () => {
    const session = freshSession();
    const played = await scripted(session, PLAYED);
    const key = { "idempotency-key": "k" };
    const client = new Events(await llamory.stream(session, "Sing.", key));
    const start = await client.next();
    const follow = () => llamory.fetch(`/sessions/${session}/turns/${start?.data.turnId}/stream`);
    const followers: Events[] = [];
    for (let at = 0; at < MAX_FOLLOWERS - 2; at += 1) followers.push(new Events(await follow()));
    followers.push(new Events(await llamory.stream(session, "Sing.", key)));
    for (const refused of [await follow(), await llamory.stream(session, "Sing.", key)]) {
      expect(refused.status).toBe(429);
      expect(refused.headers.get("retry-after")).toBe("5");
      expect(await refused.json()).toMatchObject({
        code: "turn_followers_full",
        detail: expect.stringContaining("64 followers"),
      });
    }
    await played.say("la la");
    await played.end();
    for (const events of [client, ...followers]) expect(textOf(await events.rest())).toBe("la la");
    const late = await follow();
    expect(textOf(await new Events(late).rest())).toBe("la la");
  });
});
