import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { Messages } from "../../../src/do/memory/messages";
import { Database } from "../../../src/do/sqlite/database";
import { freshSession } from "../../support/worker";

const message = (content: string) => ({ role: "user" as const, content });
const long = Array.from({ length: 20 }, (_, at) =>
  message(`${"한국어로 길게 적은 이야기. ".repeat(2_000)}marker${at}`),
);

it("a long append leaves the index as another one does, whether it succeeds or fails", () =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), (_, { storage }) => {
    const db = new Database(storage, "session");
    const messages = new Messages(db);
    const found = (word: string) =>
      storage.sql.exec("SELECT rowid AS seq FROM messages_fts WHERE messages_fts MATCH ?", word).toArray();
    const mergedAtOnce = () => storage.sql.exec("SELECT v FROM messages_fts_config WHERE k = 'automerge'").toArray();

    db.transaction(() => messages.append([message("before")]));
    const fail = () =>
      db.transaction(() => {
        messages.append(long);
        throw new Error("database or disk is full");
      });
    expect(fail).toThrow("full");
    expect(mergedAtOnce()).toEqual([]);
    expect(found("marker7")).toEqual([]);

    db.transaction(() => messages.append(long));
    db.transaction(() => {
      messages.append([message("after")]);
      messages.index.complete();
    });
    expect(mergedAtOnce()).toEqual([{ v: 4 }]);
    expect([found("before"), found("marker7"), found("after")]).toEqual([[{ seq: 1 }], [{ seq: 9 }], [{ seq: 22 }]]);
  }));
