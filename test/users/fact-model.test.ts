/**
 * Compares random changes of a user's memory with a reference that keeps a log of all versions and deletes nothing: turns
 * that teach facts, edits, reverts, and deletions of facts, turns, sessions and the user.
 */
import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, it } from "vitest";
import { UserStore } from "../../src/do/user/user-store";
import type { FactVersion } from "../../src/turn/user-memory";
import { Reference, type Turn, type Version } from "../support/reference-facts";
import { runs } from "../support/runs";
import { message } from "../support/transcripts";
import { freshUser, userObject } from "../support/users";

const TEXTS = ["Likes tea.", "likes  TEA", "Likes coffee.", "Has a dog.", "Has a cat.", "Lives in Rome."];
const SESSIONS = 4;
const RUNS = runs(50, 150);
const SEEDS = [27, 28];
const NO_SPAN = { since: null, until: null };

const step = fc.record({
  kind: fc.nat(10),
  text: fc.constantFrom(...TEXTS),
  pick: fc.nat(100),
  session: fc.nat(SESSIONS - 1),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A user's memory and its reference, changed by the same steps. */
class Pair {
  readonly #store: UserStore;
  readonly #ids = new Map<string, number>();
  #reference = new Reference();
  #turns: Turn[] = [];

  constructor(storage: DurableObjectStorage) {
    this.#store = new UserStore(storage);
  }

  async change(step: Step): Promise<void> {
    const { facts } = this.#store;
    const shown = this.#reference.shown();
    const target = shown[step.pick % (shown.length || 1)];
    const stored = target && facts.rows.get(this.#idOf(target.fact));
    if (step.kind === 10 && step.pick % 4 === 0) await this.deleteUser();
    else this.#store.transaction(() => this.#change(step, target, stored));
    for (const { id } of facts.rows.current()) {
      if (!this.#ids.has(id)) this.#ids.set(id, this.#reference.facts - 1);
    }
    this.#compare();
  }

  async deleteUser(): Promise<void> {
    await this.#store.clear();
    this.#reference = new Reference();
    this.#turns = [];
    this.#ids.clear();
  }

  #change({ kind, text, pick, session }: Step, target: Version | undefined, stored: FactVersion | undefined): void {
    const { facts } = this.#store;
    const reference = this.#reference;
    switch (kind) {
      case 0:
      case 1:
      case 2: {
        const turn = this.#tell(`s${session}`);
        const learned = { ...turn, to: turn.seq + 1 };
        if (kind === 0) facts.learn([{ do: "add", text, ...NO_SPAN }], learned);
        else if (stored && kind === 1) facts.learn([{ do: "change", shown: stored, text, ...NO_SPAN }], learned);
        else if (stored) facts.learn([{ do: "drop", shown: stored }], learned);
        reference.learn(kind, text, target, turn);
        return;
      }
      case 3: {
        facts.add({ text });
        const same = reference.same(text);
        if (same) reference.edit(same, same.text);
        else reference.add({ text, by: "person", from: [] });
        return;
      }
      case 4:
      case 5:
        if (!target || !stored) return;
        facts.edit(stored.id, { text });
        reference.edit(target, text);
        return;
      case 6: {
        const all = reference.all();
        const fact = all[pick % (all.length || 1)]?.fact;
        if (fact === undefined) return;
        const versions = reference.history(fact).filter((one) => one.text !== null);
        const version = versions[pick % versions.length];
        const numbers = facts.rows.history(this.#idOf(fact)).reverse();
        facts.revert(this.#idOf(fact), numbers[pick % versions.length]?.version ?? 0);
        const same = reference.same(version?.text ?? null);
        if (version && version !== reference.current(fact) && (!same || same.fact === fact))
          reference.log.push({ ...version, from: version.from.filter(reference.lives) });
        return;
      }
      case 7: {
        if (!target || !stored || pick % 3 > 0) return;
        facts.delete(stored.id);
        reference.log = reference.log.filter(({ fact }) => fact !== target.fact);
        reference.merge();
        return;
      }
      case 8: {
        const turn = this.#turns[pick % (this.#turns.length || 1)];
        if (!turn) return;
        const { sessionId, seq: from } = turn;
        const to = from + 1;
        const epoch = this.#store.sessions.open(sessionId);
        const { again } = this.#store.update({ sessionId, epoch, from, to, messages: [] }, Number.MAX_VALUE);
        this.#deleted([turn], again);
        return;
      }
      case 9: {
        const sessionId = `s${session}`;
        const again = this.#store.forget(sessionId, this.#store.sessions.get(sessionId)?.epoch ?? "");
        this.#deleted(
          this.#turns.filter((turn) => turn.sessionId === sessionId),
          again,
        );
      }
    }
  }

  /** Stores the next turn of a session. */
  #tell(sessionId: string): Turn {
    const epoch = this.#store.sessions.open(sessionId);
    const from = (this.#store.sessions.get(sessionId)?.told ?? 0) + 1;
    const messages = [message(from, "user", 1), message(from + 1, "assistant", 1)];
    this.#store.update({ sessionId, epoch, from, to: from + 1, messages }, Number.MAX_VALUE);
    const turn = { sessionId, seq: from };
    this.#turns.push(turn);
    return turn;
  }

  #deleted(turns: Turn[], again: Turn[]): void {
    const keyOf = ({ sessionId, seq }: Turn) => `${sessionId}/${seq}`;
    const lost = new Set(this.#reference.delete(turns).map(keyOf));
    const gone = new Set(turns.map(keyOf));
    this.#turns = this.#turns.filter((turn) => !turns.includes(turn));
    expect(new Set(again.map(keyOf).filter((key) => !gone.has(key)))).toEqual(lost);
  }

  #idOf = (fact: number) => [...this.#ids].find(([, number]) => number === fact)?.[0] ?? "";

  #compare(): void {
    const { rows } = this.#store.facts;
    const reference = this.#reference;
    const shown = (version: Version) => ({
      text: version.text,
      by: version.by,
      from: version.from.filter(reference.lives).map(({ turn }) => ({ ...turn })),
    });
    const read = ({ text, writtenBy, sources }: FactVersion) => ({ text, by: writtenBy, from: sources });
    for (const [id, fact] of this.#ids) {
      const history = reference.history(fact).filter(({ text }) => text !== null);
      expect(rows.history(id).reverse().map(read)).toEqual(history.map(shown));
    }
    const textsOf = (facts: { text: string | null }[]) => facts.map(({ text }) => text).sort();
    expect(textsOf(rows.current())).toEqual(textsOf(reference.shown()));
    const ended = reference
      .all()
      .filter(({ fact, text }) => text === null && reference.history(fact).some((one) => one.text));
    expect(rows.ended().length).toBe(ended.length);
  }
}

it.each(SEEDS)(
  `agree in current facts and history: ${RUNS} runs of changes and deletions from seed %i`,
  async (seed) => {
    await runInDurableObject(userObject(freshUser()), async (_, { storage }) => {
      const run = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const pair = new Pair(storage);
        await pair.deleteUser();
        for (const one of steps) await pair.change(one);
      });
      await fc.assert(run, { seed, numRuns: RUNS });
    });
  },
);
