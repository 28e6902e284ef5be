/** What is durable of a user, and the transactions that change it. */

import { factsWithin } from "../../turn/quotations";
import type { Message, NewMessage, RecalledMessage } from "../../turn/types";
import type { UserMemory } from "../recall/context";
import { NEIGHBOURHOOD } from "../recall/evidence";
import { recall } from "../recall/ranking";
import { Database } from "./database";
import { Directory, type Life } from "./directory";
import { FactRows } from "./fact-rows";
import { Messages } from "./messages";
import { Runs } from "./runs";
import { Schedule } from "./schedule";

/** How long it is remembered what was deleted, in milliseconds: longer than anything of it is on its way. */
const GONE_MS = 86_400_000;
/** Milliseconds after which a deletion that was lost in the middle goes on. */
const AGAIN_MS = 30_000;
/** Characters of a title. */
const TITLE = 80;

/** What a user's object does later by itself. */
type Task = "extract" | "close" | "tidy";

/** What a session tells: afterwards exactly these of its messages from one `seq` to another are known here. */
export interface Told {
  sessionId: string;
  life: Life;
  from: number;
  to: number;
  messages: Message[];
}

/** What the user's object is called, and what stands before the names of those of their sessions. */
export interface Names {
  object: string;
  prefix: string;
}

/** A user who is being deleted: how much was deleted of them so far. */
export interface Closing extends Names {
  sessions: number;
  messages: number;
  facts: number;
}

export class UserStore {
  readonly #db: Database;
  readonly #messages: Messages;
  readonly #runs: Runs;
  readonly directory: Directory;
  readonly facts: FactRows;
  readonly schedule: Schedule<Task>;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, "user");
    this.#messages = new Messages(this.#db);
    this.#runs = new Runs(this.#db);
    this.directory = new Directory(this.#db);
    this.facts = new FactRows(this.#db);
    this.schedule = new Schedule(storage, this.#db);
  }

  /** Whether this life of a session is over, or the user's was when it began. */
  isGone(sessionId: string, life: Life): boolean {
    if (this.closing || life.since < this.#deletedAt) return true;
    return this.directory.get(sessionId)?.gone === life.id;
  }

  /**
   * What a session tells. To be told it twice changes nothing, and behind a hole nothing is taken.
   * @returns up to which `seq` the session is known
   */
  tell({ sessionId, life, from, to, messages }: Told): number {
    const before = this.directory.get(sessionId);
    const same = before?.life === life.id ? before : undefined;
    const told = same?.told ?? 0;
    if (from > told + 1) return told;
    this.#db.transaction(() => {
      const kept = new Set(messages.map(({ seq }) => seq));
      const dropped = from <= told ? this.#retract(sessionId, from, Math.min(to, told), kept) : 0;
      const fresh = messages.filter(({ seq }) => seq > told);
      this.#add(sessionId, fresh);
      this.directory.put(sessionId, life.id, {
        told: Math.max(told, to),
        messages: (same?.messages ?? 0) + fresh.length - dropped,
        title: (dropped === 0 && same?.title) || this.#title(sessionId),
        firstAt: same?.first_at ?? fresh[0]?.createdAt ?? null,
        lastAt: fresh.at(-1)?.createdAt ?? same?.last_at ?? null,
      });
    });
    return Math.max(told, to);
  }

  /** What is known for a question that comes in a session; of that one itself, only how it compares. */
  memory(sessionId: string, question: string, room: { recall: number; facts: number }): UserMemory {
    const leftOut = this.#runs.of(sessionId);
    const limits = { before: this.#messages.end().last + 1, tokens: room.recall, count: Number.POSITIVE_INFINITY };
    const { recalled, scale } = recall(this.#messages, question, limits, { leftOut });
    return { recalled: this.#placed(recalled), scale, facts: factsWithin(this.facts.all(), room.facts) };
  }

  /** The messages of all sessions that fit a text best, best first. */
  search(text: string, tokens: number, count: number): RecalledMessage[] {
    const limits = { before: this.#messages.end().last + 1, tokens, count };
    return this.#placed(recall(this.#messages, text, limits).recalled);
  }

  /** The messages of a session that are here, from one `seq` to another. */
  said(sessionId: string, from: number, to: number): Message[] {
    return this.#runs
      .of(sessionId, from, to)
      .flatMap(([first, last]) => [...this.#messages.between(first - 1, last, last)]);
  }

  /** Forgets a life of a session: what was said in it, and what was learnt from it. What is told of it late is refused. */
  forget(sessionId: string, life: string): void {
    this.#db.transaction(() => {
      this.#empty(sessionId);
      this.directory.close(sessionId, life);
      this.schedule.note("tidy", Date.now() + GONE_MS, {});
    });
  }

  /** How the user's deletion goes, where it has begun. */
  get closing(): Closing | undefined {
    return this.schedule.noted("close");
  }

  /** Begins to delete the user, or goes on. */
  close(names: Names): void {
    this.#noteClosing(this.closing ?? { ...names, sessions: 0, messages: 0, facts: this.facts.count() });
  }

  /** Counts a session that is deleted, and forgets it. */
  closed({ id, messages }: { id: string; messages: number }): void {
    const { closing } = this;
    if (!closing) return;
    const sessions = closing.sessions + (messages > 0 ? 1 : 0);
    this.#db.transaction(() => {
      this.#empty(id);
      this.directory.delete(id);
      this.schedule.note("close", Date.now() + GONE_MS, {
        ...closing,
        sessions,
        messages: closing.messages + messages,
      });
    });
  }

  /** Forgets all but when that was, so that what sessions tell late is refused. */
  clear(): void {
    this.#db.transaction(() => {
      this.#messages.clear();
      this.#runs.clear();
      this.directory.clear();
      this.facts.clear();
      this.schedule.drop("close");
      this.schedule.drop("extract");
      this.#db.write("INSERT OR REPLACE INTO meta (key, value) VALUES ('deleted_at', ?)", Date.now());
      this.schedule.note("tidy", Date.now() + GONE_MS, {});
    });
  }

  /** Forgets what was deleted long ago; of a user of whom nothing else is left, everything. */
  async tidy(): Promise<null> {
    this.directory.tidy(Date.now() - GONE_MS);
    if (this.#messages.end().last === 0 && this.facts.count() === 0 && this.directory.left(1).length === 0) {
      await this.#db.destroy();
    }
    return null;
  }

  transaction<T>(run: () => T): T {
    return this.#db.transaction(run);
  }

  #noteClosing(closing: Closing): void {
    this.#db.transaction(() => this.schedule.note("close", Date.now() + AGAIN_MS, closing));
  }

  get #deletedAt(): number {
    const [row] = this.#db.rows<{ value: number }>("SELECT value FROM meta WHERE key = 'deleted_at'");
    return row?.value ?? 0;
  }

  /** Those of another session than the last one stand too far away to count as its neighbours. */
  #add(sessionId: string, messages: Message[]): void {
    for (let at = 0; at < messages.length; ) {
      const run = runFrom(messages, at);
      const { last } = this.#runs;
      const gap = last && last.session !== sessionId ? NEIGHBOURHOOD : 0;
      const { firstSeq, lastSeq } = this.#messages.append(run.map(toNew), null, gap);
      this.#runs.add({ first: firstSeq, last: lastSeq, session: sessionId, behind: (run[0]?.seq ?? 1) - 1 });
      at += run.length;
    }
  }

  /** @returns how many were here */
  #retract(sessionId: string, from: number, to: number, kept: Set<number>): number {
    const ranges = this.#runs.of(sessionId, from, to);
    const here = ranges.flatMap(([first, last]) => [...this.#messages.between(first - 1, last, last)]);
    const places = this.#runs.placesOf(here);
    const dropped = here.filter(({ seq }) => !kept.has(places.get(seq)?.seq ?? 0));
    for (const { seq } of dropped) {
      this.#messages.delete(seq, seq);
      const place = places.get(seq)?.seq ?? 0;
      this.facts.unlearn(sessionId, place, place);
    }
    return dropped.length;
  }

  #empty(sessionId: string): void {
    for (const [first, last] of this.#runs.of(sessionId)) this.#messages.delete(first, last);
    this.#runs.delete(sessionId);
    this.facts.unlearn(sessionId);
  }

  /** The beginning of a session's first question, in one line. */
  #title(sessionId: string): string | null {
    for (const [first, last] of this.#runs.of(sessionId)) {
      const question = this.#messages.between(first - 1, last, last).find(({ role }) => role === "user");
      if (question) return [...question.content.slice(0, 4 * TITLE).replace(/\s+/g, " ")].slice(0, TITLE).join("");
    }
    return null;
  }

  /** As they are known in their sessions. */
  #placed(messages: RecalledMessage[]): RecalledMessage[] {
    const places = this.#runs.placesOf(messages);
    return messages.flatMap((message) => {
      const place = places.get(message.seq);
      return place ? [{ ...message, ...place }] : [];
    });
  }
}

/** The messages from a place on that follow each other in their session. */
function runFrom(messages: Message[], start: number): Message[] {
  let end = start + 1;
  while (end < messages.length && messages[end]?.seq === (messages[end - 1]?.seq ?? 0) + 1) end += 1;
  return messages.slice(start, end);
}

const toNew = ({ role, name, content, tokens, createdAt }: Message): NewMessage => ({
  role,
  name,
  content,
  tokens,
  createdAt,
});
