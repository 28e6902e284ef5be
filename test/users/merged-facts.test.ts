/** Facts that become equal to another one. */
import { describe, expect, it } from "vitest";
import { add, change, factsOf } from "../support/facts";
import { done, learnt, reply, tell, texts } from "../support/learning";
import { scriptedFacts } from "../support/scripted-model";
import { everythingIn, freshUser, PATIENT, remove, userObject } from "../support/users";
import { worker } from "../support/worker";

const llamory = worker(PATIENT);

/** Returns the facts of a user, those that have ended after the others. */
const all = async (user: string) => {
  const response = await llamory.fetch(`/users/${user}/facts?history=true`);
  return (await response.json<{ data: { id: string; text: string }[] }>()).data;
};

describe("a fact", () => {
  it("merges into the fact whose text it gets", async () => {
    const user = freshUser();
    const [tea, coffee] = [await add(user, "Likes tea."), await add(user, "Likes coffee.")];
    const changed = await change(user, tea.id, "likes coffee");
    expect(await changed.json()).toMatchObject({ id: coffee.id, text: "Likes coffee." });
    expect(await texts(user)).toEqual(["Likes coffee."]);
    expect((await all(user)).map(({ text }) => text)).toEqual(["Likes coffee.", "Likes tea."]);
    const again = await change(user, tea.id, "likes coffee");
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ id: coffee.id, text: "Likes coffee." });
    expect((await change(user, tea.id, "Likes milk.")).status).toBe(404);
  });

  it("stays one fact if the change that had made another one of it is deleted", async () => {
    const user = freshUser();
    const fact = await add(user, "Lives in Berlin.");
    await scriptedFacts(user, reply({ do: "change", fact: 1, text: "Lives in Lisbon." }));
    const session = await tell(user, "I moved to Lisbon last week.");
    await done(user);
    const other = await add(user, "lives in  Berlin", { pinned: true });
    await remove(`/sessions/${session}`);
    expect(await factsOf(user)).toMatchObject([{ id: fact.id, text: "Lives in Berlin.", pinned: true }]);
    expect((await all(user)).map(({ id }) => id)).toEqual([fact.id, other.id]);
    await remove(`/users/${user}/facts/${fact.id}`);
    expect(await texts(user)).toEqual([]);
  });

  describe("that the model changed into another one", () => {
    const [EPILEPSY, CONDITION] = ["Has epilepsy.", "Has a condition."];

    /** Teaches two facts, and makes the second one equal to the first in a third session. */
    async function merged(...later: unknown[]) {
      const user = freshUser();
      await scriptedFacts(
        user,
        reply({ do: "add", text: EPILEPSY }),
        reply({ do: "add", text: CONDITION }),
        reply({ do: "change", fact: 1, text: EPILEPSY }),
        ...later,
      );
      const sessions: string[] = [];
      for (const question of ["My illness is epilepsy.", "I have a condition.", "It is that one."]) {
        sessions.push(await tell(user, question));
        await done(user);
      }
      expect(await texts(user)).toEqual([EPILEPSY]);
      const [first = "", second = "", third = ""] = sessions;
      return { user, first, second, third };
    }

    it("is as before without the session of the other one, if the turn only repeated that", async () => {
      const { user, first } = await merged(reply());
      await remove(`/sessions/${first}`);
      await learnt(user, CONDITION);
      await done(user);
      expect(await everythingIn(userObject(user))).not.toContain("epilepsy");
    });

    it("gets that text again without the session of the other one, if the turn said it too", async () => {
      const { user, first, third } = await merged(reply({ do: "change", fact: 1, text: EPILEPSY }));
      await remove(`/sessions/${first}`);
      await learnt(user, EPILEPSY);
      expect((await factsOf(user))[0]?.sources).toEqual([{ sessionId: third, seq: 1 }]);
    });

    it.each(["first", "second"] as const)(
      "is gone with both sessions, the %s one deleted before the other",
      async (before) => {
        const { user, ...sessions } = await merged(reply());
        for (const one of [before, before === "first" ? "second" : "first"] as const) {
          await remove(`/sessions/${sessions[one]}`);
          await done(user);
        }
        expect(await texts(user)).toEqual([]);
      },
    );

    it("is as before if the session of the change is deleted", async () => {
      const { user, third } = await merged(reply());
      await remove(`/sessions/${third}`);
      expect(await texts(user)).toEqual([CONDITION, EPILEPSY]);
    });
  });
});
