import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { eventually } from "../support/eventually";
import { keepFor } from "../support/keep-for";
import { HELD, scripted } from "../support/scripted-model";
import {
  asks,
  copyOf,
  down,
  everythingIn,
  freshUser,
  later,
  owes,
  PATIENT,
  remove,
  replaced,
  ring,
  ringLater,
  sessionObject,
  told,
  userObject,
} from "../support/users";
import { freshSession, worker } from "../support/worker";

afterEach(() => vi.restoreAllMocks());

const llamory = worker(PATIENT);
const DAY = 86_400_000;
const reset = (sessionId: string) => llamory.post("/reset", { sessionId });

const ways: [string, (session: string) => Promise<Response>][] = [
  ["deleted", (session) => remove(`/sessions/${session}`)],
  ["reset", reset],
];

describe.each(ways)("a session that is %s", (_, end) => {
  it("is gone from what is known of its user, and the others stay", async () => {
    const { user, session, other } = await told();
    expect((await end(session)).status).toBe(200);
    expect(await copyOf(user)).toEqual(["I like figs.", expect.any(String)]);
    expect(await userObject(user).sessions(10)).toMatchObject([{ sessionId: other }]);
    expect(await (await asks(freshSession(), user, "What is my secret?")).text()).not.toContain("mango");
    expect(await everythingIn(userObject(user))).not.toContain("mango");
  });

  it("leaves the text of another session that quoted it", async () => {
    const { user, session } = await told();
    const quoting = freshSession();
    await scripted(quoting, { response: "You said: My secret is mango." });
    expect((await asks(quoting, user, "What did I say?")).status).toBe(200);
    await end(session);
    await evictDurableObject(sessionObject(quoting));
    const history = await (await llamory.fetch(`/sessions/${quoting}/messages`)).text();
    expect(history).toContain("You said: My secret is mango.");
  });

  it("stays where its user's object does not answer: 503, and again it goes", async () => {
    const { user, session } = await told();
    replaced("forget", down);
    const refused = await end(session);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "user_unreachable" });
    expect(await llamory.transcript(session)).toHaveLength(2);
    expect((await asks(session, user, "And now?")).status).toBe(200);
    vi.restoreAllMocks();
    expect((await end(session)).status).toBe(200);
    expect(await copyOf(user)).not.toContain("My secret is mango.");
  });

  it("is nobody's, and may begin anew as anybody's", async () => {
    const { user, session } = await told();
    await end(session);
    const next = freshUser();
    expect((await asks(session, next, "I like plums.")).status).toBe(200);
    await eventually(async () => expect(await copyOf(next)).toHaveLength(2));
    await end(session);
    expect((await asks(session, user, "I like pears.")).status).toBe(200);
    await eventually(async () => expect(await copyOf(user)).toContain("I like pears."));
    expect(await copyOf(next)).toEqual([]);
  });

  it("is not told of when that comes late", async () => {
    const { user, session } = await told();
    const [life] = await runInDurableObject(sessionObject(session), (_, { storage }) =>
      storage.sql.exec<{ note: string }>("SELECT note FROM due WHERE task = 'tell'").toArray(),
    );
    const owner: { epoch: string } = JSON.parse(life?.note ?? "");
    await end(session);
    const messages = [
      { seq: 3, role: "user" as const, content: "mango", tokens: 5, createdAt: 1, status: "complete" as const },
    ];
    const late = { sessionId: session, epoch: owner.epoch, from: 3, to: 3, messages };
    expect(await userObject(user).tell(late)).toBe("gone");
    expect(await copyOf(user)).not.toContain("mango");
  });

  it("takes the turns along that run", async () => {
    const { user, session } = await told();
    const model = await scripted(session, HELD);
    const asked = asks(session, user, "A mango again?");
    await model.called();
    expect((await end(session)).status).toBe(200);
    await model.go();
    expect((await asked).status).toBe(409);
    expect(await everythingIn(userObject(user))).not.toContain("mango");
    expect(await everythingIn(sessionObject(session))).not.toContain("mango");
  });
});

describe("a deletion that is lost between the two objects", () => {
  it("goes on by itself", async () => {
    const { user, session } = await told();
    // The user's object has deleted its part. The session's object is lost before it receives the reply.
    const never = replaced("forget", () => new Promise(() => {}));
    void remove(`/sessions/${session}`).catch(() => {});
    await eventually(() => expect(never).toHaveBeenCalled());
    vi.restoreAllMocks();
    await runInDurableObject(sessionObject(session), async (_, state) => {
      const woken = new ChatDO(state, env);
      await later(60_000, () => woken.alarm());
    });
    expect(await everythingIn(sessionObject(session))).not.toContain("mango");
    expect(await everythingIn(userObject(user))).not.toContain("mango");
  });

  it("ends with the next ask where nothing else ends it", async () => {
    const { user, session } = await told();
    const owner: { epoch: string } = JSON.parse(
      await runInDurableObject(sessionObject(session), (_, { storage }) =>
        String(storage.sql.exec("SELECT note FROM due WHERE task = 'tell'").one().note),
      ),
    );
    await userObject(user).forget(session, owner.epoch);
    expect((await asks(session, user, "What is my secret?")).status).toBe(409);
    await eventually(async () => expect(await llamory.transcript(session)).toEqual([]));
    expect(await (await asks(session, user, "What is my secret?")).text()).not.toContain("mango");
  });
});

describe("a session with a time to live", () => {
  it("takes its copy along, and stays as long as the user's object does not answer", async () => {
    const { user, session } = await told();
    await keepFor(session, "30");
    await asks(session, user, "Still there?");
    await eventually(async () => expect(await owes(session)).toBe(false));
    replaced("forget", down);
    await later(31 * DAY, () => ring(session));
    expect(await llamory.transcript(session)).toHaveLength(4);
    vi.restoreAllMocks();
    await later(33 * DAY, () => ring(session));
    expect(await llamory.transcript(session)).toEqual([]);
    expect(await copyOf(user)).toEqual(["I like figs.", expect.any(String)]);
  });
});

it("a session whose storage is full may be deleted all the same", async () => {
  const { user, session } = await told();
  await runInDurableObject(sessionObject(session), (_, { storage }) => {
    storage.sql.exec("CREATE TRIGGER full BEFORE UPDATE ON due BEGIN SELECT RAISE(FAIL, 'full'); END");
  });
  expect((await remove(`/sessions/${session}`)).status).toBe(200);
  expect(await llamory.transcript(session)).toEqual([]);
  expect(await copyOf(user)).not.toContain("My secret is mango.");
});

it("a session that its user's object could not be told of may be deleted all the same", async () => {
  const [user, session] = [freshUser(), freshSession()];
  const tell = replaced("tell", down);
  await asks(session, user, "My secret is mango.");
  await eventually(() => expect(tell).toHaveBeenCalled());
  expect((await remove(`/sessions/${session}`)).status).toBe(200);
  vi.restoreAllMocks();
  await ringLater(session);
  expect(await copyOf(user)).toEqual([]);
});
