/** Compares random changes of a user's facts with a reference that keeps a log of all versions and deletes nothing. */
import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Database } from "../../src/do/sqlite/database";
import { UserFacts } from "../../src/do/user/user-facts";
import type { FactVersion } from "../../src/turn/user-memory";
import { freshUser, userObject } from "../support/users";

const TEXTS = ["Likes tea.", "Likes coffee.", "Has a dog.", "Has a cat.", "Lives in Rome."];
const SESSIONS = 4;
const RUNS = 300;
const NO_SPAN = { since: null, until: null };

interface Support {
  turn: string;
  base?: Version;
}

interface Version {
  fact: number;
  /** Null ends the fact. */
  text: string | null;
  by: "person" | "model";
  from: Support[];
}

class Reference {
  log: Version[] = [];
  readonly deleted = new Set<string>();
  facts = 0;

  lives = ({ turn, base }: Support): boolean => !this.deleted.has(turn) && (!base || this.exists(base));
  exists = (version: Version): boolean =>
    this.log.includes(version) && (version.by === "person" || version.from.some(this.lives));
  history = (fact: number) => this.log.filter((one) => one.fact === fact && this.exists(one));
  current = (fact: number) => this.history(fact).at(-1);
  all = () => Array.from({ length: this.facts }, (_, fact) => this.current(fact)).filter((one) => one !== undefined);
  shown = () => this.all().filter(({ text }) => text !== null);
  same = (text: string | null) => this.shown().find((one) => one.text === text);

  learn(kind: number, text: string, target: Version | undefined, turn: string): void {
    if (kind === 0) {
      const same = this.same(text);
      if (same) same.from.push({ turn });
      else this.add({ text, by: "model", from: [{ turn }] });
    } else if (target) {
      const from = [{ turn, base: target }];
      const same = kind === 1 ? this.same(text) : undefined;
      if (same === target) return;
      same?.from.push(...from);
      const end = kind === 2 || same !== undefined;
      this.log.push({ fact: target.fact, text: end ? null : text, by: "model", from });
    }
  }

  add(version: Omit<Version, "fact">): void {
    this.log.push({ ...version, fact: this.facts });
    this.facts += 1;
  }

  edit(target: Version, text: string | null): void {
    const same = this.same(text);
    if (same && same !== target) {
      this.log.push({ ...target, text: null, by: "person", from: [] });
      this.edit(same, same.text);
    } else if (target.text !== text || target.by === "model") {
      this.log.push({ ...target, text, by: "person", from: [...target.from] });
    }
  }
}

const step = fc.record({
  kind: fc.nat(9),
  text: fc.constantFrom(...TEXTS),
  pick: fc.nat(100),
  session: fc.nat(SESSIONS - 1),
});

it(`agree in current facts and history: ${RUNS} runs of learning, editing, reverting and deleting`, async () => {
  await runInDurableObject(userObject(freshUser()), (_, { storage }) => {
    const db = new Database(storage, "user");
    const facts = new UserFacts(db);
    const run = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      db.transaction(() => facts.rows.clear());
      const reference = new Reference();
      const ids = new Map<string, number>();
      const turns: { sessionId: string; seq: number }[] = [];
      const idOf = (fact: number) => [...ids].find(([, number]) => number === fact)?.[0] ?? "";
      for (const [seq, { kind, text, pick, session }] of steps.entries()) {
        const shown = reference.shown();
        const target = shown[pick % (shown.length || 1)];
        const stored = target && facts.rows.get(idOf(target.fact));
        db.transaction(() => change(seq, kind, text, pick, `s${session}`, target, stored));
        for (const { id } of facts.rows.current()) if (!ids.has(id)) ids.set(id, reference.facts - 1);
        compare();
      }

      function change(
        seq: number,
        kind: number,
        text: string,
        pick: number,
        sessionId: string,
        target: Version | undefined,
        stored: FactVersion | undefined,
      ): void {
        const turn = { sessionId, seq, to: seq };
        switch (kind) {
          case 0:
          case 1:
          case 2: {
            turns.push(turn);
            if (kind === 0) facts.learn([{ do: "add", text, ...NO_SPAN }], turn);
            else if (stored && kind === 1) facts.learn([{ do: "change", shown: stored, text, ...NO_SPAN }], turn);
            else if (stored) facts.learn([{ do: "drop", shown: stored }], turn);
            reference.learn(kind, text, target, `${sessionId}/${seq}`);
            return;
          }
          case 3: {
            facts.add({ text });
            const same = reference.same(text);
            if (same) reference.edit(same, text);
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
            const ended = reference.all();
            const fact = ended[pick % (ended.length || 1)]?.fact;
            if (fact === undefined) return;
            const texts = reference.history(fact).filter((one) => one.text !== null);
            const version = texts[pick % texts.length];
            const numbers = facts.rows.history(idOf(fact)).reverse();
            facts.revert(idOf(fact), numbers[pick % texts.length]?.version ?? 0);
            const same = reference.same(version?.text ?? null);
            if (version && version !== reference.current(fact) && (!same || same.fact === fact))
              reference.log.push({ ...version, from: [...version.from] });
            return;
          }
          case 7: {
            if (!target || !stored || pick % 3 > 0) return;
            facts.delete(stored.id);
            reference.log = reference.log.filter(({ fact }) => fact !== target.fact);
            return;
          }
          case 8: {
            const gone = turns[pick % (turns.length || 1)];
            if (!gone) return;
            facts.forget((one) => one.sessionId === gone.sessionId && one.seq === gone.seq);
            reference.deleted.add(`${gone.sessionId}/${gone.seq}`);
            return;
          }
          default:
            facts.forget((one) => one.sessionId === sessionId);
            for (const one of turns) if (one.sessionId === sessionId) reference.deleted.add(`${sessionId}/${one.seq}`);
        }
      }

      function compare(): void {
        const shown = (version: Version) => ({
          text: version.text,
          by: version.by,
          from: version.from.filter(reference.lives).map(({ turn }) => turn),
        });
        const read = ({ text, writtenBy, sources }: FactVersion) => ({
          text,
          by: writtenBy,
          from: sources.map(({ sessionId, seq }) => `${sessionId}/${seq}`),
        });
        for (const [id, fact] of ids) {
          const history = reference.history(fact).filter(({ text }) => text !== null);
          expect(facts.rows.history(id).reverse().map(read)).toEqual(history.map(shown));
        }
        const current = facts.rows.current().map(({ text }) => text);
        expect(current.sort()).toEqual(
          reference
            .shown()
            .map(({ text }) => text)
            .sort(),
        );
        expect(facts.rows.ended().length).toBe(
          reference.all().filter(({ fact, text }) => text === null && reference.history(fact).some((one) => one.text))
            .length,
        );
      }
    });
    fc.assert(run, { seed: 27, numRuns: RUNS });
  });
});
