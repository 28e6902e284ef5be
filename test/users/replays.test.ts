/** Replays of a turn by its `Idempotency-Key` or its id belong to the user of the turn. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { askRequest } from "../support/ask-request";
import { HELD, scripted } from "../support/scripted-model";
import { digestOf } from "../support/tokens";
import { freshUser, PATIENT, sessionObject } from "../support/users";
import { freshSession, worker } from "../support/worker";

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const llamory = worker({ ...PATIENT, AUTH: "tokens", API_TOKENS: await digestOf("mine"), SESSION_KEY: "k".repeat(32) });
const mine = bearer("mine");
const [ana, bo] = [freshUser(), freshUser()];

async function tokenOf(userId: string): Promise<Record<string, string>> {
  const response = await llamory.post("/tokens", { userId }, mine);
  return bearer((await response.json<{ token: string }>()).token);
}

type Caller = "Ana" | "Bo" | "nobody" | "Ana's browser" | "Bo's browser";

/** Asks the same question with the same key. */
async function asks(caller: Caller, session: string, stream = false): Promise<Response> {
  const key = { "idempotency-key": "k" };
  const body = { sessionId: session, question: "What is my secret?", stream };
  switch (caller) {
    case "Ana":
      return llamory.post("/ask", { ...body, userId: ana }, { ...mine, ...key });
    case "Bo":
      return llamory.post("/ask", { ...body, userId: bo }, { ...mine, ...key });
    case "nobody":
      return llamory.post("/ask", body, { ...mine, ...key });
    case "Ana's browser":
      return llamory.post("/ask", body, { ...(await tokenOf(ana)), ...key });
    case "Bo's browser":
      return llamory.post("/ask", body, { ...(await tokenOf(bo)), ...key });
  }
}

/** The first caller, the second caller, and the second reply's status and code: during the first turn, and after it. */
const cases: [first: Caller, again: Caller, running: [number, string?], stored: [number, string?]][] = [
  ["Ana", "Ana", [200], [200]],
  ["Ana", "Ana's browser", [200], [200]],
  ["Ana's browser", "Ana", [200], [200]],
  ["Ana", "Bo", [409, "session_of_another_user"], [409, "session_of_another_user"]],
  ["Ana", "Bo's browser", [403, "forbidden"], [403, "forbidden"]],
  ["Ana", "nobody", [422, "idempotency_conflict"], [422, "idempotency_conflict"]],
  ["nobody", "nobody", [200], [200]],
  ["nobody", "Ana", [422, "idempotency_conflict"], [422, "idempotency_conflict"]],
  ["nobody", "Ana's browser", [403, "forbidden"], [403, "forbidden"]],
];

describe.each(cases)("the key of %s, sent again by %s,", (first, again, running, stored) => {
  const expectReply = async (response: Response, [status, code]: [number, string?], answer: string) => {
    expect(response.status).toBe(status);
    const text = await response.text();
    if (code === undefined) expect(text).toContain(answer);
    else expect(text).toContain(code);
    expect(text.includes(answer)).toBe(code === undefined);
  };

  it.each([false, true])(
    "stands for a turn that runs, and for a stored one, of the same user alone (stream: %s)",
    async (stream) => {
      const session = freshSession();
      const model = await scripted(session, HELD);
      const asked = asks(first, session);
      await model.called();
      const repeated = asks(again, session, stream);
      // A refusal is sent while the first turn still runs.
      if (running[0] !== 200) await expectReply(await repeated, running, "re: What is my secret?");
      await model.go();
      expect((await asked).status).toBe(200);
      if (running[0] === 200) await expectReply(await repeated, running, "re: What is my secret?");
      await expectReply(await asks(again, session, stream), stored, "re: What is my secret?");
      expect(await model.runs()).toHaveLength(1);
    },
  );
});

describe("a stored turn of an earlier version, whose fingerprint names no user,", () => {
  it("is replayed to the user of its session, and to nobody else", async () => {
    const session = freshSession();
    expect((await asks("Ana", session)).status).toBe(200);
    await runInDurableObject(sessionObject(session), (_, { storage }) => {
      storage.sql.exec("UPDATE turns SET fingerprint = substr(fingerprint, instr(fingerprint, char(10)) + 1)");
    });
    expect((await asks("Ana", session)).headers.get("idempotency-replayed")).toBe("true");
    expect((await asks("nobody", session)).status).toBe(422);
  });
});

describe("a turn that runs in a session that is nobody's yet", () => {
  const waits = async (session: string, first: Caller, second: Caller) => {
    const model = await scripted(session, HELD);
    const userOf = (caller: Caller) => ({
      user: {
        object: caller === "Ana" ? ana : bo,
        sessionId: session,
        canClaim: false,
        timeoutMs: 1_000,
        factTokens: 0,
      },
    });
    const stub = sessionObject(session);
    const running = stub.ask(askRequest("t1", "Mine.", userOf(first)));
    await model.called();
    const waiting = stub.ask(askRequest("t2", "Mine too.", userOf(second)));
    return { model, running, waiting, stub };
  };

  it("is read, followed and cancelled by its own user, also while somebody else's waits behind it", async () => {
    const session = freshSession();
    const { model, running, waiting } = await waits(session, "Ana", "Bo");
    const [anas, bos] = [await tokenOf(ana), await tokenOf(bo)];
    const turn = (id: string) => `/sessions/${session}/turns/${id}`;
    for (const [id, own, other] of [
      ["t1", anas, bos],
      ["t2", bos, anas],
    ] as const) {
      // For another user's token, the turn does not exist.
      expect((await llamory.fetch(turn(id), { headers: other })).status).toBe(404);
      expect((await llamory.fetch(`${turn(id)}/stream`, { headers: other })).status).toBe(404);
      expect((await llamory.fetch(turn(id), { method: "DELETE", headers: other })).status).toBe(404);
      expect((await llamory.fetch(turn(id), { headers: own })).status).toBe(200);
    }
    expect((await llamory.fetch(turn("t1"), { method: "DELETE", headers: anas })).status).toBe(200);
    expect(await running).toMatchObject({ failure: { reason: "turn_cancelled" } });
    await model.go();
    expect(await waiting).toMatchObject({ failure: { reason: "session_of_another_user" } });
  });

  it("is not answered to another user who has its id", async () => {
    const session = freshSession();
    const { model, running, waiting, stub } = await waits(session, "Ana", "Ana");
    const user = { object: bo, sessionId: session, canClaim: true, timeoutMs: 1_000, factTokens: 0 };
    for (const asker of [user, undefined]) {
      const again = await stub.ask(askRequest("t1", "Mine.", { again: true, user: asker }));
      expect(again).toEqual({ state: "failed", failure: { reason: "session_of_another_user" } });
    }
    await model.go();
    expect(await running).toMatchObject({ state: "finished" });
    await waiting;
  });
});
