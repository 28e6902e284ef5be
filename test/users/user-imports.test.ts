/** Import of users, by pages. */
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually";
import { add, change, factsOf } from "../support/facts";
import { done, learnt, reply, texts } from "../support/learning";
import { scriptedFacts } from "../support/scripted-model";
import {
  DOG,
  type Imported,
  imported,
  importLines,
  POODLE,
  pages,
  renamed,
  taught,
  textOf,
} from "../support/user-transfer";
import { asks, everythingIn, freshUser, owes, PATIENT, remove, sessionObject, userObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const llamory = worker(PATIENT);

describe("the import of a user", () => {
  it("beside the original changes nothing of it, and stores the same for another user under new ids", async () => {
    const { user, first } = await taught();
    const text = await textOf(user);
    const other = freshUser();
    const { sessions, facts } = await imported(other, text);
    expect(sessions).toHaveLength(2);
    expect(facts).toBe(2);
    for (const { from, to } of sessions) expect(to).not.toBe(from);
    for (const { to } of sessions) await eventually(async () => expect(await owes(to)).toBe(false));
    expect(await textOf(user)).toBe(text);
    expect(renamed(await textOf(other), [])).toEqual(renamed(text, sessions));
    const search = await (await llamory.fetch(`/users/${other}/search?q=epilepsy`)).json<{
      data: { sessionId: string }[];
    }>();
    expect(search.data.map(({ sessionId }) => sessionId)).toContain(sessions.find(({ from }) => from === first)?.to);
  });

  it("after the original was deleted restores it, with its ids", async () => {
    const { user, first, second } = await taught();
    const text = await textOf(user);
    await remove(`/users/${user}`);
    const { sessions } = await imported(user, text);
    expect(sessions.map(({ to }) => to).sort()).toEqual([first, second].sort());
    expect(renamed(await textOf(user), [])).toEqual(renamed(text, []));
    for (const { to } of sessions) await eventually(async () => expect(await owes(to)).toBe(false));
    const listed = await (await llamory.fetch(`/users/${user}/sessions`)).json<{
      data: { title: string; messages: number }[];
    }>();
    expect(listed.data.map(({ messages }) => messages)).toEqual([2, 2]);
    // The facts depend on the imported sessions as they did before.
    await remove(`/sessions/${second}`);
    await learnt(user, DOG, "Lives in Berlin.");
    await remove(`/sessions/${first}`);
    await learnt(user, "Lives in Berlin.");
    expect(await everythingIn(userObject(user))).not.toContain("epilepsy");
  });

  it("into the same user stores the sessions again, and no fact twice", async () => {
    const { user, first } = await taught();
    const text = await textOf(user);
    const before = await factsOf(user);
    const { sessions, facts } = await imported(user, text);
    expect([sessions.length, facts]).toEqual([2, 0]);
    expect(await factsOf(user)).toEqual(before);
    expect(await llamory.transcript(first)).toHaveLength(2);
    for (const { to } of sessions) expect(await llamory.transcript(to)).toHaveLength(2);
  });

  it("brings back nothing that has changed or ended since the export, however often it is sent", async () => {
    const user = freshUser();
    const [home, dog] = [await add(user, "Lives in Berlin."), await add(user, "Has a dog.")];
    const gone = await add(user, "Is vegan.");
    const text = await textOf(user);
    await change(user, home.id, "Lives in Lisbon.");
    await change(user, dog.id, "Lives in Lisbon");
    await remove(`/users/${user}/facts/${gone.id}`);
    expect(await imported(user, text)).toMatchObject({ facts: 1 });
    const before = await textOf(user);
    expect(await texts(user)).toEqual(["Is vegan.", "Lives in Lisbon."]);
    expect(await imported(user, text)).toMatchObject({ facts: 0 });
    expect(await textOf(user)).toBe(before);
  });

  it("from another server, sent again after a change of dates there, leaves no trace", async () => {
    const [user, other] = [freshUser(), freshUser()];
    const { id } = await add(user, "Lives in Berlin.");
    await imported(other, await textOf(user));
    const before = await textOf(other);
    await llamory.patch(`/users/${user}/facts/${id}`, { since: "2025-01-01" });
    const text = await textOf(user);
    for (const _ of [1, 2]) expect(await imported(other, text)).toMatchObject({ facts: 0 });
    expect(await textOf(other)).toBe(before);
  });

  it("teaches nothing", async () => {
    const { user } = await taught();
    const text = await textOf(user);
    const other = freshUser();
    const model = await scriptedFacts(other, reply({ do: "add", text: "Has a parrot." }));
    const { sessions } = await imported(other, text);
    for (const { to } of sessions) await eventually(async () => expect(await owes(to)).toBe(false));
    await done(other);
    expect(await texts(other)).toEqual([POODLE, "Lives in Berlin."].sort());
    expect(await model.runs()).toHaveLength(0);
  });

  it("takes several pages, in one request or in several", async () => {
    const user = freshUser();
    const ids = Array.from({ length: 85 }, (_, at) => `${user}-${String(at).padStart(3, "0")}`);
    for (const id of ids) {
      const messages = [{ role: "user", content: `Text of ${id}`, createdAt: "2026-01-01T00:00:00Z" }];
      await llamory.post(`/sessions/${id}/messages`, { userId: user, messages });
    }
    await add(user, "Keeps bees.", { source: { sessionId: ids[3], seq: 1 } });
    const all = await pages(user);
    expect(all.map(({ end }) => [end.sessions, end.facts])).toEqual([
      [40, 0],
      [40, 0],
      [5, 1],
    ]);
    const [one, two] = [freshUser(), freshUser()];
    const whole = await imported(one, all.map(({ text }) => text).join(""));
    expect(whole.sessions.map(({ from }) => from)).toEqual(ids);
    const sourceOf = async (of: string) => (await factsOf(of))[0]?.sources;
    expect(await sourceOf(one)).toEqual([{ sessionId: whole.sessions[3]?.to, seq: 1 }]);
    const parts: Imported["sessions"] = [];
    for (const { text } of all) {
      const [head, ...rest] = text.split("\n");
      const lines = parts.map((session) => JSON.stringify({ renamed: session }));
      parts.push(...(await imported(two, [head, ...lines, ...rest].join("\n"))).sessions);
    }
    expect(parts.map(({ from }) => from)).toEqual(ids);
    expect(await sourceOf(two)).toEqual([{ sessionId: parts[3]?.to, seq: 1 }]);
  });

  it("refuses an invalid line by its number, and stores nothing", async () => {
    const session = freshSession();
    const message = { message: { role: "user", content: "mango", createdAt: "2026-01-01T00:00:00.000Z" } };
    const version = {
      number: 1,
      text: "Likes figs.",
      since: null,
      until: null,
      pinned: false,
      writtenBy: "person",
      learned: [],
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    };
    const head = { llamory: "user", version: 1 };
    const good = [
      { session: { sessionId: session } },
      { llamory: "session", version: 1 },
      message,
      { end: { messages: 1 } },
    ];
    const end = (sessions: number, facts = 0) => ({ end: { sessions, facts, nextCursor: null } });
    const cases: [lines: (object | string)[], path: string][] = [
      [[], "line.1"],
      [[head], "line.2"],
      [good, "line.1"],
      [[head, head], "line.2"],
      [[head, ...good], "line.6"],
      [[head, ...good, end(2)], "line.6"],
      [[head, ...good, end(1), ...good], "line.7"],
      [[head, ...good, message, end(1)], "line.6"],
      [[head, ...good.slice(0, 3)], "line.5"],
      [[head, ...good.slice(0, 2), head], "line.4.llamory"],
      [[head, { session: { sessionId: "a b" } }], "line.2.session.sessionId"],
      [[head, ...good, "{", end(1)], "line.6"],
      [[head, ...good, { fact: { id: "f", versions: [] } }, end(1, 1)], "line.6.fact.versions"],
      [
        [head, ...good, { fact: { id: "f", versions: [{ ...version, number: 0 }] } }, end(1, 1)],
        "line.6.fact.versions.0.number",
      ],
      [
        [head, ...good, { fact: { id: "f", versions: [{ ...version, since: "2026-02-30" }] } }, end(1, 1)],
        "line.6.fact.versions.0.since",
      ],
      [[head, { renamed: { from: "a" } }, end(0)], "line.2.renamed.to"],
    ];
    for (const [lines, path] of cases) {
      const user = freshUser();
      const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
      const refused = await importLines(user, body);
      const problem = await refused.json<{ errors?: { path: string }[] }>();
      expect([refused.status, problem.errors?.[0]?.path]).toEqual([400, path]);
      expect(await everythingIn(sessionObject(session))).not.toContain("mango");
      expect(await textOf(user)).not.toContain("mango");
    }
    // Numbers that are used twice do not break the others.
    const user = freshUser();
    const twice = [
      { fact: { id: "f", versions: [version] } },
      { fact: { id: "g", versions: [{ ...version, text: "Likes plums." }] } },
    ];
    const both = await importLines(
      user,
      [head, ...good, ...twice, end(1, 2)].map((line) => JSON.stringify(line)).join("\n"),
    );
    expect(both.status).toBe(400);
    expect(await texts(user)).toEqual([]);
    expect(await everythingIn(sessionObject(session))).not.toContain("mango");
  });

  it("fails with `facts_full` if the facts do not fit, and stores nothing", async () => {
    const [user, other] = [freshUser(), freshUser()];
    for (let at = 0; at < 300; at += 1) {
      await userObject(user).addFact(`Fact ${at}.`, null);
      await userObject(other).addFact(`Other ${at}.`, null);
    }
    const session = freshSession();
    await asks(session, user, "mango");
    const text = await textOf(user);
    const refused = await importLines(other, text);
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "facts_full" }]);
    expect(await factsOf(other)).toHaveLength(300);
    expect(await textOf(other)).not.toContain("mango");
    expect(await llamory.transcript(session)).toHaveLength(2);
  });
});

it("a part of an import is stored although a fact was added since the part before it, and equal facts become one", async () => {
  const [user, object] = [freshUser(), userObject(freshUser())];
  await add(user, "Likes figs.");
  await add(user, "Has a dog.");
  const [figs, dog] = await userObject(user).exportFacts(0);
  if (!figs || !dog) throw new Error("There are no facts.");
  const first = await object.importFacts([figs]);
  await object.addFact("Keeps bees.", null);
  const offset = first.ok ? first.value.offset : undefined;
  expect(await object.importFacts([dog], offset)).toMatchObject({ value: { added: 1 } });
  const again = {
    ...dog,
    id: crypto.randomUUID(),
    versions: dog.versions.map((one) => ({ ...one, text: "has a dog" })),
  };
  expect(await object.importFacts([again])).toMatchObject({ value: { added: 0 } });
  const stored = await object.facts();
  expect(stored.map(({ text }) => text).sort()).toEqual(["Has a dog.", "Keeps bees.", "Likes figs."]);
});
