/** What is durable of a user, and the transactions that change it. */
import { factsWithin } from "../../turn/quotations";
import type { Message } from "../../turn/types";
import type { UserMemory } from "../recall/context";
import type { Beyond } from "../recall/ranking";
import { Copy } from "./copy";
import { Database } from "./database";
import { Directory, type Life } from "./directory";
import { FactRows } from "./fact-rows";
import { metaOf, setMeta } from "./meta";
import { Schedule } from "./schedule";

/** How long it is remembered what was deleted, in milliseconds: longer than anything of it is on its way. */
const GONE_MS = 86_400_000;
/** Milliseconds after which a deletion that was lost in the middle goes on. */
const AGAIN_MS = 30_000;

/** What a user's object does later by itself. */
type Task = "extract" | "close" | "tidy";

/** What a session tells: afterwards exactly these of its messages from one `seq` to another are known here. */
export interface Told {
  sessionId: string;
  life: Life;
  from: number;
  to: number;
  messages: Message[];
  /** The one that the session was given, with the first that is told of it. */
  title?: string | undefined;
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
  readonly copy: Copy;
  readonly directory: Directory;
  readonly facts: FactRows;
  readonly schedule: Schedule<Task>;

  constructor(storage: DurableObjectStorage) {
    this.#db = new Database(storage, "user");
    this.copy = new Copy(this.#db);
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
   * @returns up to which `seq` the session is known, and which of the messages are new
   */
  tell({ sessionId, life, from, to, messages, title }: Told): { seq: number; fresh: Message[] } {
    const before = this.directory.get(sessionId);
    const same = before?.life === life.id ? before : undefined;
    const told = same?.told ?? 0;
    if (from > told + 1) return { seq: told, fresh: [] };
    const seq = Math.max(told, to);
    const fresh = messages.filter((message) => message.seq > told);
    this.#db.transaction(() => {
      const kept = new Set(messages.map(({ seq }) => seq));
      const dropped = this.copy.retract(sessionId, from, Math.min(to, told), kept);
      for (const gone of dropped) this.facts.unlearn(sessionId, gone, gone);
      this.copy.add(sessionId, fresh);
      this.directory.put(sessionId, life.id, {
        told: seq,
        messages: (same?.messages ?? 0) + fresh.length - dropped.length,
        title: (dropped.length === 0 && same?.title) || this.copy.title(sessionId),
        firstAt: same?.first_at ?? fresh[0]?.createdAt ?? null,
        lastAt: fresh.at(-1)?.createdAt ?? same?.last_at ?? null,
      });
      if (title !== undefined) this.directory.rename(sessionId, title);
    });
    return { seq, fresh };
  }

  /**
   * What is known for a question that comes in a session; of that one itself, only how it compares.
   * @param asked when and where it is asked, and the last exchange of its session
   */
  memory(
    sessionId: string,
    question: string,
    room: { recall: number; facts: number },
    asked: Pick<Beyond, "previous" | "now" | "timeZone">,
  ): UserMemory {
    const limits = { tokens: room.recall, count: Number.POSITIVE_INFINITY };
    return {
      ...this.copy.recall(question, limits, sessionId, asked),
      facts: factsWithin(this.facts.all(), room.facts),
    };
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
      this.#noteClosing({
        ...closing,
        sessions,
        messages: closing.messages + messages,
      });
    });
  }

  /** Forgets all but when that was, so that what sessions tell late is refused. */
  clear(): void {
    this.#db.transaction(() => {
      this.copy.clear();
      this.directory.clear();
      this.facts.clear();
      this.schedule.drop("close");
      this.schedule.drop("extract");
      setMeta(this.#db, "deleted_at", Date.now());
      this.schedule.note("tidy", Date.now() + GONE_MS, {});
    });
  }

  /** Forgets what was deleted long ago; of a user of whom nothing else is left, everything. */
  async tidy(): Promise<null> {
    this.directory.tidy(Date.now() - GONE_MS);
    if (this.copy.empty && this.facts.count() === 0 && this.directory.left(1).length === 0) {
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
    return metaOf(this.#db, "deleted_at") ?? 0;
  }

  #empty(sessionId: string): void {
    this.copy.forget(sessionId);
    this.facts.unlearn(sessionId);
  }
}
