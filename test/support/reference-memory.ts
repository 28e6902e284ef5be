/** A reference for the memory: the expected contents of each session and each user, in plain arrays. */
import { freshSession } from "./worker";

/** Every text of a run contains a unique marker. */
const MARKER = /zq\d+k/g;
export const markersIn = (text: string): string[] => text.match(MARKER) ?? [];

export interface Line {
  role: string;
  content: string;
}

/** A turn, or the messages of one append. */
export interface Unit {
  lines: Line[];
  /** Only for a turn. */
  turnId?: string;
  /** The index of the user who asked; a key is valid for a turn of this user only. */
  user?: number | undefined;
  key?: string;
  /** The calls that wait for their results. */
  calls?: { id: string; type: "function"; function: { name: string; arguments: string } }[];
  /** Whether a fork copied it: the user's object does not store it again. */
  copied?: boolean;
  /** Whether the turn was withdrawn: its lines leave a gap in the transcript. */
  withdrawn: boolean;
}

export interface SessionReference {
  id: string;
  /** The index of the session's user. */
  owner: number | undefined;
  title: string | undefined;
  units: Unit[];
}

export interface UserReference {
  id: string;
  /** The facts that a person wrote, by id. */
  facts: Map<string, string>;
  /** The earlier texts of these facts, which only their histories contain. */
  past: Map<string, string>;
}

/** The scope of a text: one session, one user, or both. */
export interface Scope {
  session?: number | undefined;
  user?: number | undefined;
  /** Whether the text may contain earlier versions of facts. */
  history?: boolean;
}

export class Reference {
  readonly sessions: SessionReference[];
  readonly users: UserReference[];
  /** Markers of the running operation, which is not acknowledged yet, and the scopes that may contain them. */
  readonly #pending = new Map<string, Scope>();
  /** Violations that the model noticed. */
  readonly violations: string[] = [];
  /** The texts that users could see after the last two operations. */
  #recent: [Set<string>, Set<string>] = [new Set(), new Set()];
  #markers = 0;
  /** The number of the run. It makes the markers of all runs distinct. */
  readonly #run: number;

  constructor(run: number, sessions: number, users: number) {
    this.#run = run;
    const fresh = () => ({ id: freshSession(), owner: undefined, title: undefined, units: [] });
    this.sessions = Array.from({ length: sessions }, fresh);
    this.users = Array.from({ length: users }, () => ({
      id: `user-${crypto.randomUUID()}`,
      facts: new Map(),
      past: new Map(),
    }));
  }

  session(at: number): SessionReference {
    const session = this.sessions[at % this.sessions.length];
    if (!session) throw new Error("A reference has at least one session.");
    return session;
  }

  user(at: number): UserReference {
    const user = this.users[at % this.users.length];
    if (!user) throw new Error("A reference has at least one user.");
    return user;
  }

  /** Returns a new text. Its scope may contain it until the operation ends; later only the places that store it may. */
  text(scope: Scope, about: string): string {
    this.#markers += 1;
    const marker = `zq${this.#run * 100_000 + this.#markers}k`;
    this.#pending.set(marker, scope);
    return `${marker} ${about}`;
  }

  /** Returns the markers that a text of a scope may contain. */
  #visible({ session: at, user, history = false }: Scope): Set<string> {
    const pending = [...this.#pending];
    const { facts, past } = this.user(user ?? 0);
    const texts = [...facts.values(), ...(history ? past.values() : [])];
    const visible = new Set(user === undefined ? [] : texts.flatMap(markersIn));
    for (const [marker, scope] of pending) if (scope.session === undefined && scope.user === user) visible.add(marker);
    for (const [index, session] of this.sessions.entries()) {
      const here = pending.filter(([, scope]) => scope.session === index);
      // A session without an owner belongs to the first user who asks in it.
      const owner = session.owner ?? here.find(([, scope]) => scope.user !== undefined)?.[1].user;
      if (index !== at && (user === undefined || owner !== user)) continue;
      for (const marker of textsOf(session).flatMap(markersIn)) visible.add(marker);
      for (const [marker] of here) visible.add(marker);
    }
    return visible;
  }

  /**
   * Records a violation for each marker of a text that its scope must not contain.
   * @param isLate whether the text was sent while the last operations ended
   */
  check(text: string, scope: Scope, what: string, isLate = false): void {
    const found = markersIn(text);
    if (found.length === 0) return;
    const visible = this.#visible(scope);
    for (const marker of new Set(found)) {
      if (isLate && this.#recent.some((markers) => markers.has(marker))) continue;
      if (!visible.has(marker)) this.violations.push(`${what} contains ${marker}: ${text.slice(0, 2_000)}`);
    }
  }

  /** Ends an operation. Texts that it did not store may not appear any more. */
  settle(): void {
    const visible = this.users.flatMap((_, user) => [...this.#visible({ user })]);
    this.#recent = [this.#recent[1], new Set([...visible, ...this.#pending.keys()])];
    this.#pending.clear();
  }

  /** Empties a session. */
  clear(session: SessionReference): void {
    session.owner = undefined;
    session.title = undefined;
    session.units = [];
  }
}

const textsOf = ({ title, units }: SessionReference): string[] => [
  title ?? "",
  ...units.flatMap(({ withdrawn, lines, calls }) =>
    withdrawn ? [] : [...lines.map(({ content }) => content), JSON.stringify(calls ?? [])],
  ),
];

/** Returns the expected transcript of a session: withdrawn lines keep their place. */
export function transcriptOf({ units }: SessionReference): (Line & { seq: number })[] {
  const lines = units.flatMap(({ withdrawn, lines }) => lines.map((line) => ({ withdrawn, ...line })));
  return lines
    .map(({ withdrawn, ...line }, at) => ({ withdrawn, line: { ...line, seq: at + 1 } }))
    .flatMap(({ withdrawn, line }) => (withdrawn ? [] : [line]));
}
