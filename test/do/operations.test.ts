/**
 * Runs operations on a session in any order and concurrently. Every request must get an answer, and the stored session
 * must stay consistent.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { random } from "../../bench/text";
import { askForm, askRequest } from "../support/ask-request";
import { lose } from "../support/lose";
import { runs } from "../support/runs";
import { NEVER, PARTS, scripted } from "../support/scripted-model";
import { freshSession, worker } from "../support/worker";

const OPERATIONS = 60;
const llamory = worker({ MODEL_TIMEOUT_MS: "50" });
const patient = worker();

interface StoredMessage {
  seq: number;
  turn: string | null;
  role: string;
  tokens: number;
  tokens_so_far: number;
}

/** Checks the invariants of the stored session. */
function check(_: unknown, { storage: { sql } }: DurableObjectState): void {
  const rows = <T>(query: string) => [...sql.exec(query)] as T[];
  const messages = rows<StoredMessage>("SELECT seq, turn, role, tokens, tokens_so_far FROM messages ORDER BY seq");
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, at) => at + 1));
  let sum = 0;
  for (const { tokens, tokens_so_far } of messages) {
    sum += tokens;
    expect(tokens_so_far).toBe(sum);
  }
  const indexed = rows<{ rowid: number }>("SELECT rowid FROM messages_fts ORDER BY rowid");
  // The newest messages are indexed later, and interrupted answers without text never.
  const texts = rows<{ rowid: number }>("SELECT seq AS rowid FROM messages WHERE content != '' ORDER BY seq");
  expect(indexed).toEqual(texts.slice(0, indexed.length));
  expect(texts.length - indexed.length).toBeLessThanOrEqual(32);
  sql.exec("INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')");
  const turns = rows<{ id: string; question_seq: number }>("SELECT id, question_seq FROM turns ORDER BY question_seq");
  const questions = messages.filter(({ turn, role }) => turn !== null && role === "user");
  expect(turns).toEqual(questions.map(({ turn, seq }) => ({ id: turn, question_seq: seq })));
  for (const { id, question_seq } of turns)
    expect(messages[question_seq]).toMatchObject({ turn: id, role: "assistant" });
}

async function runAll(seed: number): Promise<void> {
  const next = random(seed);
  const pick = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(next() * of.length)] ?? of[0];
  const session = freshSession();
  // A stub whose object was lost remains broken.
  const stub = () => env.CHAT_DO.getByName(session);
  const replies = Array.from({ length: 4 * OPERATIONS }, () =>
    pick([PARTS, PARTS, PARTS, NEVER, { hello: "world" }, new Error("4006: spent"), new Error("5016: agree")]),
  );
  await scripted(session, ...replies, PARTS);
  const ids: string[] = [];
  const newId = () => {
    const id = `turn-${ids.length}`;
    ids.push(id);
    return id;
  };
  const path = `/sessions/${session}`;
  const model = { ...askRequest("", "").model, timeoutMs: 50 };
  const trigger = (statement: string) =>
    runInDurableObject(stub(), (_, { storage }) => {
      // Without tables there is no alarm. There is never a second one.
      if (storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'messages'").toArray().length === 0) return;
      storage.sql.exec("DROP TRIGGER IF EXISTS broken");
      storage.sql.exec(statement);
    });
  const mend = () => trigger("SELECT 1");

  const operations: [times: number, run: () => Promise<unknown>][] = [
    [8, () => llamory.ask(session, `question ${next()}`)],
    [3, () => llamory.ask(session, "with a key", { "idempotency-key": pick(["k1", "k2"]) })],
    [1, () => llamory.ask(session, "with a key of another", { "idempotency-key": "k1" })],
    [8, async () => (await llamory.stream(session, `streamed ${next()}`)).text()],
    [3, async () => (await llamory.stream(session, "left at once")).body?.cancel()],
    [4, () => stub().ask(askRequest(newId(), `question ${next()}`, { model }))],
    [
      4,
      async () => {
        const reply = await stub().ask(askRequest(newId(), "streamed", { model, form: askForm(session) }));
        if (reply.state === "streaming") await new Response(reply.bytes).text();
      },
    ],
    [4, async () => (await llamory.fetch(`${path}/turns/${ids.at(-1) ?? "none"}/stream`)).text()],
    [4, () => llamory.fetch(`${path}/turns/${ids.at(-1) ?? "none"}/cancel`, { method: "POST" })],
    [6, () => llamory.post(`${path}/messages`, { messages: [{ role: "user", content: "appended" }] })],
    [1, () => llamory.post("/reset", { sessionId: session })],
    [1, () => llamory.fetch(path, { method: "DELETE" })],
    [
      1,
      () =>
        trigger(
          `CREATE TRIGGER broken BEFORE INSERT ON ${pick(["messages", "turns"])} BEGIN SELECT RAISE(ABORT, 'full'); END`,
        ),
    ],
    [1, () => trigger("CREATE TRIGGER broken BEFORE UPDATE ON turns BEGIN SELECT RAISE(ABORT, 'full'); END")],
    [2, mend],
    [1, () => lose(session)],
  ];
  const all = operations.flatMap(([times, run]) => Array<typeof run>(times).fill(run));
  const running: Promise<unknown>[] = [];
  for (let at = 0; at < OPERATIONS; at += 1) {
    const run = all[Math.floor(next() * all.length)] ?? mend;
    // A call that was lost with its object is answered too, with an error.
    running.push(run().catch((error: unknown) => expect(String(error)).toMatch(/lost|abort/i)));
    if (next() < 0.2) await Promise.all(running.splice(0));
  }
  await Promise.all(running);
  await mend();
  await scripted(session, PARTS);
  const last = await patient.ask(session, "Are you there?");
  expect(await last.json()).toMatchObject({ answer: "re: Are you there?" });
  expect(await (await patient.stream(session, "And there?")).text()).toContain("event: done");
  await runInDurableObject(stub(), check);
}

it.each(Array.from({ length: runs(6, 20) }, (_, at) => at + 1))("seed %i", runAll);
