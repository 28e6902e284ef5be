/** Kills the server while a session of version 2.0.0 gets its new index: every message is indexed once, none is lost. */
import { DatabaseSync } from "node:sqlite";
import { expect, inject, it } from "vitest";
import { post } from "../e2e/support/http";
import { Workerd } from "../e2e/support/workerd";
import { SESSION_STEPS } from "../support/version-2/schema";
import { createTables, type OldMessage, writeMessages } from "../support/version-2/tables";

const COUNT = 12_000;
/** The most kills, and how many must hit the rebuild. */
const KILLS = 200;
const HITS = 3;

const SAID: Record<number, string> = { 10: "제 생일은 5월 3일이에요.", 11990: "우리 고양이 이름은 나비예요." };
const QUESTIONS: [question: string, seq: number][] = [
  ["내 생일이 언제야?", 10],
  ["고양이 이름이 뭐야?", 11_990],
];
const messages = Array.from(
  { length: COUNT },
  (_, at): OldMessage => ({
    role: at % 2 ? "assistant" : "user",
    content: SAID[at + 1] ?? `Chapter ${at}: the weather stayed grey, and the train was late again.`,
    turn: `turn-${Math.floor(at / 2)}`,
  }),
);

/** Runs a function on the only session's database, while no process has it. */
function onSession<T>(server: Workerd, run: (database: DatabaseSync) => T): T {
  const [file = ""] = server.sessionFiles();
  const database = new DatabaseSync(file);
  try {
    return run(database);
  } finally {
    database.close();
  }
}

/** Replaces the session's tables by those of version 2.0.0. */
function writeOldSession(database: DatabaseSync): void {
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND sql NOT NULL")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !/^messages_fts_/.test(name) && !name.startsWith("sqlite_"));
  database.exec("BEGIN");
  for (const name of tables) database.exec(`DROP TABLE ${name}`);
  const sql = {
    exec: (query: string, ...values: (string | number | null)[]) =>
      values.length === 0 ? database.exec(query) : database.prepare(query).run(...values),
  };
  createTables(sql, "schema", SESSION_STEPS);
  writeMessages(sql, messages);
  database.exec("COMMIT");
}

/** Returns the next message of the rebuild; 1 before it, Infinity after it. */
function placeOf(database: DatabaseSync): number {
  const hasNotes = database.prepare("SELECT 1 FROM meta WHERE key = 'schema' AND value > 5").get() !== undefined;
  if (!hasNotes) return 1;
  const task = database.prepare("SELECT note FROM due WHERE task = 'reindex'").get();
  return task ? Number(JSON.parse(String(task.note)).next) : Number.POSITIVE_INFINITY;
}

it("SIGKILL while a session of version 2.0.0 gets its new index: nothing is lost or indexed twice", async () => {
  await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
  await server.start();
  expect(
    (await post(`${server.url}/sessions/old/messages`, { messages: [{ role: "user", content: "Hi." }] })).status,
  ).toBe(201);
  await server.kill();
  onSession(server, writeOldSession);

  let place = 1;
  let hits = 0;
  for (let kills = 0; kills < KILLS && place < COUNT; kills += 1) {
    await server.start();
    // The alarm rebuilds the index after this request.
    expect((await fetch(`${server.url}/sessions/old`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    await server.kill();
    const next = onSession(server, placeOf);
    expect(next).toBeGreaterThanOrEqual(place);
    if (next > 1 && next <= COUNT) hits += 1;
    place = next;
  }
  expect(place).toBe(Number.POSITIVE_INFINITY);
  expect(hits).toBeGreaterThanOrEqual(HITS);

  await server.start();
  for (const [question, seq] of QUESTIONS) {
    const response = await post(`${server.url}/sessions/old/search`, { q: question, limit: 1 });
    expect(await response.json()).toMatchObject({ data: [{ seq }] });
  }
  await server.kill();
  onSession(server, (database) => {
    const stored = database.prepare("SELECT content FROM messages ORDER BY seq").all();
    expect(stored.map(({ content }) => content)).toEqual(messages.map(({ content }) => content));
    const rows = database.prepare("SELECT rowid FROM messages_fts ORDER BY rowid").all();
    expect(rows.map(({ rowid }) => rowid)).toEqual(messages.map((_, at) => at + 1));
  });
  console.info(JSON.stringify({ hits }));
});
