/** Encoders that are slow or refuse texts: batches shrink and grow, and all other texts get their vectors. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatDO } from "../../src/do/chat";
import { Embeddings } from "../../src/do/memory/embeddings";
import { Session, type SessionBindings } from "../../src/do/session/session";
import { eventually } from "../support/eventually";
import { ScriptedModel } from "../support/scripted-model";
import { REFUSED, SlowEncoder, TICK_MS } from "../support/slow-encoder";
import { later } from "../support/users";
import { freshSession, worker } from "../support/worker";

const ENCODER = { model: "slow", gateway: "", timeoutMs: 3_000 };
/** The most milliseconds of a batch. */
const LIMIT_MS = 30_000;

const said = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ role: "user" as const, content: `Chapter ${at}: grey weather.` }));

/** Returns the number of a message in the last line of its text; undefined for another text. */
const chapterOf = (text: string) => /Chapter (\d+):[^\n]*$/.exec(text)?.[1];

/** A session in the object of a fresh one, whose encoder is replaced. */
interface Slow {
  session: Session;
  encoder: SlowEncoder;
  embeddings: Embeddings;
  count: () => number;
  /** Creates the embeddings again, as a restarted object does: they lose their memory and keep the storage. */
  restart: () => void;
}

async function withSlow(messages: number, msOf: (text: string) => number, run: (slow: Slow) => Promise<void>) {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  await runInDurableObject(env.CHAT_DO.getByName(freshSession()), async (_, ctx) => {
    const encoder = new SlowEncoder(msOf);
    const bindings: SessionBindings = { ...env, AI: encoder };
    const begin = () => {
      const session = new Session(ctx, bindings);
      return { session, embeddings: new Embeddings(session.store, bindings, "an object") };
    };
    const { session, embeddings } = begin();
    session.store.append(said(messages));
    const count = () => slow.session.store.vectors.count(ENCODER.model);
    const slow: Slow = { session, encoder, embeddings, count, restart: () => Object.assign(slow, begin()) };
    await run(slow);
  });
}

/** Runs the alarm's task until nothing is left, at most so many times. @returns how often it ran */
async function resumed({ embeddings }: Slow, most: number): Promise<number> {
  for (let alarms = 1; alarms <= most; alarms += 1) {
    const next = await embeddings.resume();
    if (next === null) return alarms;
    vi.setSystemTime(Math.max(next, Date.now()));
  }
  return Number.POSITIVE_INFINITY;
}

beforeEach(() => {
  // The alarms of the test, and none beside them.
  vi.spyOn(ChatDO.prototype, "alarm").mockResolvedValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const slowly = () => 400;

describe("an encoder that takes 400 ms for a text", () => {
  it("gets half of the texts after a time-out and after a slow call, so that questions do not wait for it", async () => {
    await withSlow(320, slowly, async (slow) => {
      await slow.embeddings.catchUp(ENCODER);
      expect(slow.encoder.calls).toEqual([100]);
      expect(slow.count()).toBe(0);
      expect(await resumed(slow, 20)).toBeLessThan(20);
      const few = Array.from({ length: 75 }, () => 3);
      expect(slow.encoder.calls).toEqual([100, 50, 25, 12, 6, ...few, 2]);
      expect(slow.count()).toBe(320);
    });
  });

  it("keeps the size of its batches and all vectors when the object is lost", async () => {
    await withSlow(320, slowly, async (slow) => {
      await slow.embeddings.catchUp(ENCODER);
      await slow.embeddings.resume();
      const made = slow.count();
      expect(made).toBeGreaterThan(0);
      slow.restart();
      expect(slow.count()).toBe(made);
      await resumed(slow, 20);
      expect(slow.encoder.calls.slice(1)).not.toContain(100);
      expect(slow.count()).toBe(320);
    });
  });

  it("gets larger batches again when it has become fast", async () => {
    await withSlow(
      900,
      () => LIMIT_MS + TICK_MS,
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        await resumed(slow, 6);
        expect(slow.encoder.calls.slice(0, 7)).toEqual([100, 50, 25, 12, 6, 3, 1]);
        expect(slow.count()).toBe(0);
        slow.encoder.msOf = () => 1;
        await resumed(slow, 20);
        expect(slow.encoder.calls).toContain(64);
        expect(slow.encoder.calls.slice(-3, -1)).toEqual([100, 100]);
        expect(slow.count()).toBe(900);
      },
    );
  });
});

describe("a text that the encoder never embeds", () => {
  it.each([
    ["times out", LIMIT_MS + TICK_MS],
    ["is refused", REFUSED],
  ])("(it %s) gets an empty vector, and all others theirs", async (_how, ms) => {
    await withSlow(
      130,
      (text) => (chapterOf(text) === "70" ? ms : 1),
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        expect(await resumed(slow, 40)).toBeLessThan(40);
        expect(slow.count()).toBe(130);
        const question = Float32Array.from([1, 129, -1, 0.5]);
        const nearest = slow.session.store.vectors.nearest(question, 131, 130).map(({ seq }) => seq);
        expect(nearest).toHaveLength(129);
        expect(nearest).not.toContain(71);
      },
    );
  });

  it("is not given up while the encoder embeds no other text either", async () => {
    await withSlow(
      60,
      () => LIMIT_MS + 1,
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        await resumed(slow, 12);
        expect(slow.count()).toBe(0);
        slow.encoder.msOf = () => 1;
        await resumed(slow, 12);
        expect(slow.count()).toBe(60);
      },
    );
  });
});

describe("a question", () => {
  it("waits for a slow encoder no longer than its own limit", async () => {
    await withSlow(
      10,
      () => 1,
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        slow.encoder.msOf = () => 4_000;
        const begun = Date.now();
        const vector = slow.embeddings
          .question(() => "Which chapter?", ENCODER)
          .then((made) => ({ made, at: Date.now() }));
        const { made, at } = await vector;
        expect(made).toBeNull();
        expect(at - begun).toBe(ENCODER.timeoutMs);
      },
    );
  });

  it("is embedded again five seconds after a time-out", async () => {
    await withSlow(
      10,
      () => 1,
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        slow.encoder.msOf = () => 4_000;
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).toBeNull();
        slow.encoder.msOf = () => 1;
        const calls = slow.encoder.calls.length;
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).toBeNull();
        expect(slow.encoder.calls.length).toBe(calls);
        vi.setSystemTime(Date.now() + 5_000);
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).not.toBeNull();
      },
    );
  });

  it("is embedded again as soon as the messages have their vectors", async () => {
    await withSlow(
      10,
      () => 1,
      async (slow) => {
        await slow.embeddings.catchUp(ENCODER);
        slow.encoder.msOf = () => 4_000;
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).toBeNull();
        slow.encoder.msOf = () => 1;
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).toBeNull();
        slow.session.store.append(said(2));
        await slow.embeddings.catchUp(ENCODER);
        expect(await slow.embeddings.question(() => "Which chapter?", ENCODER)).not.toBeNull();
      },
    );
  });
});

describe("over HTTP, an encoder that fails for more than 50 texts", () => {
  const llamory = worker({ EMBEDDING_MODEL: "slow", CONTEXT_TOKENS: "1024", REPLY_TOKENS: "64" });

  it("makes the vectors of 240 messages, few calls fail, and questions are answered meanwhile", async () => {
    vi.mocked(ChatDO.prototype.alarm).mockRestore();
    let failures = 0;
    vi.spyOn(ScriptedModel.prototype, "run").mockImplementation(async (_, inputs) => {
      if (!("text" in inputs)) return { response: "Fine." };
      if (inputs.text.length > 50) {
        failures += 1;
        throw new Error("3007: Request timeout");
      }
      return { data: inputs.text.map((_, at) => [1, at, -1, 0.5]) };
    });
    const session = freshSession();
    const path = `/sessions/${session}`;
    expect((await llamory.post(`${path}/messages`, { messages: said(240) })).status).toBe(201);
    const asked = await llamory.ask(session, "Which chapter?");
    expect(await asked.json()).toMatchObject({ memory: { recall: "words" } });
    let minutes = 0;
    await eventually(async () => {
      minutes += 1;
      await later(60_000 * minutes, () => runDurableObjectAlarm(env.CHAT_DO.getByName(session)));
      expect(await (await llamory.fetch(path)).json()).toMatchObject({ messages: 242, vectors: 242 });
    });
    expect(failures).toBe(2);
    expect(await (await llamory.ask(session, "And now?")).json()).toMatchObject({
      memory: { recall: "words+meaning" },
    });
  });
});
