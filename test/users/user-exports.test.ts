/** Export of users, by pages. */
import { describe, expect, it } from "vitest";
import { DOG, POODLE, taught, textOf } from "../support/user-transfer";
import { asks, freshUser, opened, PATIENT, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

describe("the export of a user", () => {
  it("contains sessions with ids, settings and turns, facts with versions and sources, and ends with counts", async () => {
    const { user, first, second } = await taught();
    const lines = (await textOf(user))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({ llamory: "user", version: 1 });
    expect(lines).toContainEqual({ session: { sessionId: first } });
    expect(lines).toContainEqual({
      session: { sessionId: second, instructions: "Be brief.", timeZone: "Europe/Lisbon" },
    });
    expect(lines).toContainEqual({ llamory: "session", version: 1, title: "Dogs" });
    expect(lines.filter((line) => "turn" in line)).toHaveLength(2);
    const facts = lines.flatMap((line) => ("fact" in line ? line.fact.versions : []));
    expect(facts).toMatchObject([
      { number: 1, text: DOG, writtenBy: "model", learned: [{ sessionId: first, seq: 1, to: 2 }] },
      { number: 2, text: POODLE, writtenBy: "model", learned: [{ sessionId: second, seq: 1, to: 2, base: 1 }] },
      { number: 3, text: "Lives in Berlin.", writtenBy: "person", learned: [] },
    ]);
    expect(lines.at(-1)).toEqual({ end: { sessions: 2, facts: 2, nextCursor: null } });
  });

  it("of an unknown user is a head and an end", async () => {
    expect(await textOf(freshUser())).toBe(
      '{"llamory":"user","version":1}\n{"end":{"sessions":0,"facts":0,"nextCursor":null}}\n',
    );
  });

  it("contains no session of another user that has the id of one that was opened and never used", async () => {
    const [user, other, session] = [freshUser(), freshUser(), freshSession()];
    await opened(userObject(user), session);
    await asks(session, other, "My secret is mango.");
    expect(await textOf(user)).not.toContain("mango");
  });

  it.each(["?cursor=", "?cursor=a%20b", "?cursor=."])("refuses %s", async (query) => {
    expect((await llamory.fetch(`/users/${freshUser()}/export${query}`)).status).toBe(400);
  });
});
