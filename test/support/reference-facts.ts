/** The facts of a user as a log of all versions: the reference for the stored facts. It deletes nothing from its log. */

export interface Turn {
  sessionId: string;
  seq: number;
}

interface Support {
  turn: Turn;
  base?: Version;
}

export interface Version {
  fact: number;
  /** Null ends the fact. */
  text: string | null;
  by: "person" | "model";
  from: Support[];
}

const isEqual = (one: string | null, other: string | null) =>
  [one, other].map((text) => text?.toLowerCase().replace(/[ .]/g, "")).every((key, _, [first]) => key === first);

export class Reference {
  log: Version[] = [];
  readonly deleted = new Set<Turn>();
  facts = 0;

  lives = ({ turn, base }: Support): boolean => !this.deleted.has(turn) && (!base || this.exists(base));
  exists = (version: Version): boolean =>
    this.log.includes(version) &&
    (version.by === "person" || version.from.some((one) => one.base !== version && this.lives(one)));
  history = (fact: number) => this.log.filter((one) => one.fact === fact && this.exists(one));
  current = (fact: number) => this.history(fact).at(-1);
  all = () => Array.from({ length: this.facts }, (_, fact) => this.current(fact)).filter((one) => one !== undefined);
  shown = () => this.all().filter(({ text }) => text !== null);
  same = (text: string | null) => this.shown().find((one) => isEqual(one.text, text));
  supports = () => this.log.filter(this.exists).flatMap(({ from }) => from.filter(this.lives));

  learn(kind: number, text: string, target: Version | undefined, turn: Turn): void {
    if (kind === 0) {
      const same = this.same(text);
      if (same) same.from.push({ turn });
      else this.add({ text, by: "model", from: [{ turn }] });
    } else if (target) {
      const same = kind === 1 ? this.same(text) : undefined;
      if (same === target) return;
      const from = [{ turn, base: same ?? target }];
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
      this.end(target);
      this.edit(same, same.text);
    } else if (target.text !== text || target.by === "model") {
      this.log.push({ ...target, text, by: "person", from: [...target.from] });
    }
  }

  end = ({ fact }: Version) => this.log.push({ fact, text: null, by: "person", from: [] });

  /** Deletes turns. @returns the turns that versions lost because of it, and that still exist */
  delete(turns: Turn[]): Turn[] {
    const before = this.supports();
    for (const turn of turns) this.deleted.add(turn);
    this.merge();
    return before.filter((one) => !this.lives(one) && !this.deleted.has(one.turn)).map(({ turn }) => turn);
  }

  /** Merges facts that have become equal: the person's, else the first one, stays. */
  merge(): void {
    const shown = this.shown().sort((a, b) => this.log.indexOf(a) - this.log.indexOf(b));
    const pair = shown.flatMap((one, at) => shown.slice(at + 1).map((other) => [one, other] as const));
    const [one, other] = pair.find(([one, other]) => isEqual(one.text, other.text)) ?? [];
    if (!one || !other) return;
    const [kept, ended] = one.by === "person" || other.by === "model" ? [one, other] : [other, one];
    const isNew = ({ turn, base }: Support) => !kept.from.some((its) => its.turn === turn && its.base === base);
    kept.from.push(...ended.from.filter((its) => this.lives(its) && isNew(its)));
    this.end(ended);
    this.merge();
  }
}
