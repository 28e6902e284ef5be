/** The mark that puts a fact into every prompt, while versions come and go. */
import { describe, expect, it } from "vitest";
import { add, factsOf } from "../support/facts";
import { learnt, reply, tell } from "../support/learning";
import { HELD, scriptedFacts } from "../support/scripted-model";
import { freshUser, PATIENT, remove } from "../support/users";
import { worker } from "../support/worker";

const llamory = worker(PATIENT);

describe("a pinned fact", () => {
  const pin = (user: string, id: string, pinned: boolean) => llamory.patch(`/users/${user}/facts/${id}`, { pinned });

  it("stays pinned if it was pinned while the model read it", async () => {
    const user = freshUser();
    const { id } = await add(user, "Lives in Berlin.");
    const model = await scriptedFacts(user, { ...HELD, ...reply({ do: "change", fact: 1, text: "Lives in Lisbon." }) });
    await tell(user, "I moved to Lisbon last week.");
    await model.called();
    await pin(user, id, true);
    await model.go();
    await learnt(user, "Lives in Lisbon.");
    expect(await factsOf(user)).toMatchObject([{ id, pinned: true }]);
  });

  it.each([true, false])("keeps its mark when its newest version is deleted: %s", async (pinned) => {
    const user = freshUser();
    const { id } = await add(user, "Lives in Berlin.", { pinned: !pinned });
    await scriptedFacts(user, reply({ do: "change", fact: 1, text: "Lives in Lisbon." }));
    const session = await tell(user, "I moved to Lisbon last week.");
    await learnt(user, "Lives in Lisbon.");
    await pin(user, id, pinned);
    await remove(`/sessions/${session}`);
    expect(await factsOf(user)).toMatchObject([{ id, text: "Lives in Berlin.", pinned }]);
  });

  it("that is edited into another fact gives it the mark and the time of the edit", async () => {
    const user = freshUser();
    const kept = await add(user, "Lives in Lisbon.");
    const { id } = await add(user, "Lives in Berlin.", { pinned: true });
    const edit = { text: "Lives in Lisbon.", since: "2026-01-01" };
    expect((await llamory.patch(`/users/${user}/facts/${id}`, edit)).status).toBe(200);
    expect(await factsOf(user)).toMatchObject([{ id: kept.id, pinned: true, since: "2026-01-01" }]);
  });
});
