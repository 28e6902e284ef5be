/** The storage of facts stays within its limits, however often they change. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { Database } from "../../src/do/sqlite/database";
import { UserFacts } from "../../src/do/user/user-facts";
import { freshUser, userObject } from "../support/users";

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
