/** Facts that become equal to another one. */
import { describe, expect, it } from "vitest";
import { add, change, factsOf } from "../support/facts";
import { done, reply, tell, texts } from "../support/learning";
import { scriptedFacts } from "../support/scripted-model";
import { freshUser, PATIENT, remove } from "../support/users";
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
});
