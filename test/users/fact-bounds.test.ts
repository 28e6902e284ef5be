/** The storage of facts stays within its limits, however often they change. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { Database } from "../../src/do/sqlite/database";
import { UserFacts } from "../../src/do/user/user-facts";
import { freshUser, userObject } from "../support/users";

/** Runs a function with the facts of a new user. */
const withFacts = (run: (facts: UserFacts) => void) =>
  runInDurableObject(userObject(freshUser()), (_, { storage }) => {
    const db = new Database(storage, "user");
    db.transaction(() => run(new UserFacts(db)));
  });

const NO_SPAN = { since: null, until: null };
const turn = (seq: number) => ({ sessionId: "s", seq, to: seq });

describe("a fact with more versions than are kept", () => {
  it("takes no other fact with it that the model learned when it changed the fact", async () => {
    await withFacts((facts) => {
      const tea = facts.add({ text: "Likes tea." });
      facts.learn([{ do: "add", text: "Likes figs.", ...NO_SPAN }], turn(1));
      const [shown] = facts.rows.current().filter(({ id }) => id === tea?.id);
      if (!tea || !shown) throw new Error("The fact is missing.");
      facts.learn([{ do: "change", shown, text: "Likes figs.", ...NO_SPAN }], turn(3));
      facts.revert(tea.id, 1);
      for (let edit = 0; edit < 250; edit += 1) facts.edit(tea.id, { text: `Likes tea number ${edit}.` });
      facts.forget(() => false);
      expect(facts.rows.current().map(({ text }) => text)).toContain("Likes figs.");
      expect(facts.rows.history(tea.id).length).toBeLessThanOrEqual(102);
    });
  });

  it("keeps the versions of the model on which newer ones depend, and deletes all with their session", async () => {
    await withFacts((facts) => {
      facts.learn([{ do: "add", text: "Has diabetes.", ...NO_SPAN }], turn(1));
      const id = facts.rows.current()[0]?.id ?? "";
      for (let at = 0; at < 99; at += 1) {
        const [shown] = facts.rows.current();
        const session = { ...turn(at), sessionId: `s${at}` };
        if (shown) facts.learn([{ do: "change", shown, text: `Has diabetes of type ${at}.`, ...NO_SPAN }], session);
      }
      facts.edit(id, { text: "Is healthy." });
      facts.forget(() => false);
      expect(facts.rows.history(id)).toHaveLength(101);
      facts.forget(({ sessionId }) => sessionId === "s");
      expect(facts.rows.history(id).map(({ text }) => text)).toEqual(["Is healthy."]);
    });
  });

  it("stays within the limit although the model and a person change it in turn", async () => {
    await withFacts((facts) => {
      const id = facts.add({ text: "Likes tea." })?.id ?? "";
      for (let at = 0; at < 300; at += 1) {
        const [shown] = facts.rows.current();
        if (shown) facts.learn([{ do: "change", shown, text: `Likes tea ${at}.`, ...NO_SPAN }], turn(at));
        facts.edit(id, { text: `Likes coffee ${at}.` });
      }
      facts.forget(() => false);
      expect(facts.rows.history(id).length).toBeLessThanOrEqual(102);
      expect(facts.rows.current().map(({ text }) => text)).toEqual(["Likes coffee 299."]);
    });
  });
});

describe("a fact that ends and is restored again and again", () => {
  it("keeps a limited number of rows, and its current text", async () => {
    await runInDurableObject(userObject(freshUser()), (_, { storage }) => {
      const db = new Database(storage, "user");
      const facts = new UserFacts(db);
      const rows = () => Number(storage.sql.exec("SELECT count(*) AS count FROM facts").one().count);
      db.transaction(() => {
        const tea = facts.add({ text: "Likes tea." });
        facts.add({ text: "Likes coffee." });
        for (let times = 0; times < 400; times += 1) {
          facts.edit(tea?.id ?? "", { text: "Likes coffee." });
          facts.revert(tea?.id ?? "", facts.rows.history(tea?.id ?? "")[0]?.version ?? 0);
        }
      });
      expect(facts.rows.current().map(({ text }) => text)).toEqual(["Likes tea.", "Likes coffee."]);
      expect(rows()).toBeLessThan(210);
    });
  });
});
