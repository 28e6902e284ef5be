/** ChatDO: one session's memory, and the line in front of it. The RPC surface, kept thin. */
import { DurableObject, RpcTarget } from "cloudflare:workers";
import type { Env } from "../env";
import type {
  Budget,
  Context,
  FinishedTurn,
  Message,
  NewMessage,
  RecalledMessage,
  Remembered,
  TurnRequest,
} from "../turn/ports";
import { adoptable, HISTORY_KEY } from "./adopt";
import { readContext } from "./context";
import { Messages, type SessionInfo } from "./messages";
import { migrate } from "./migrations";
import { type Release, TurnQueue } from "./queue";
import { recall } from "./recall";
import { Turns } from "./turns";

/** The session's turn. Whoever disposes of it, by will or by dying, lets the next in line go on. */
class Turn extends RpcTarget {
  readonly #remember: (finished: FinishedTurn) => Remembered;
  readonly #release: Release;

  constructor(remember: (finished: FinishedTurn) => Remembered, release: Release) {
    super();
    this.#remember = remember;
    this.#release = release;
  }

  /** Remembers question and answer, in one transaction. `gone`: the session was emptied meanwhile. */
  commit(finished: FinishedTurn): Remembered {
    return this.#remember(finished);
  }

  [Symbol.dispose](): void {
    this.#release();
  }
}

export class ChatDO extends DurableObject<Env> {
  readonly #queue = new TurnQueue();
  readonly #messages: Messages;
  readonly #turns: Turns;
  /** Whether the tables exist: not after `destroy`, until something is to be remembered again. */
  #ready = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#messages = new Messages(ctx.storage.sql);
    this.#turns = new Turns(ctx.storage.sql);
    ctx.blockConcurrencyWhile(async () => this.#prepare());
  }

  /**
   * A page of the transcript, newest first.
   * @param before only messages with a smaller `seq`
   * @returns `nextCursor`: the `before` of the next page, null at the end
   */
  getHistory({ before, limit }: { before?: number | undefined; limit: number }): {
    messages: Message[];
    nextCursor: number | null;
  } {
    this.#prepare();
    const messages = this.#messages.page(before, limit);
    const last = messages.at(-1)?.seq ?? 1;
    return { messages, nextCursor: last > 1 ? last : null };
  }

  /** Appends messages, all or none, after the turn that is running. */
  async append(messages: NewMessage[]): Promise<{ firstSeq: number; lastSeq: number }> {
    const release = await this.#queue.enter();
    try {
      this.#prepare();
      return this.ctx.storage.transactionSync(() => this.#messages.append(messages));
    } finally {
      release();
    }
  }

  /** Forgets all messages and turns; the session goes on, empty. */
  reset(): { deleted: number } {
    this.#prepare();
    return this.ctx.storage.transactionSync(() => {
      this.#turns.clear();
      return this.#messages.clear();
    });
  }

  /** Forgets all messages and turns and gives the storage back: nothing of the session is left. */
  async destroy(): Promise<{ deleted: number }> {
    const { messages } = this.info();
    this.#ready = false;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return { deleted: messages };
  }

  /** How much there is of the session. */
  info(): SessionInfo {
    this.#prepare();
    return this.#messages.info();
  }

  /** The context that a question would be given now, without a turn. */
  context(question: string, budget: Budget): Context {
    this.#prepare();
    return readContext(this.#messages, question, budget);
  }

  /** The messages that fit a text best, best first. */
  search(text: string, limit: number): RecalledMessage[] {
    this.#prepare();
    const before = this.#messages.info().messages + 1;
    return recall(this.#messages, text, { before, tokens: Number.POSITIVE_INFINITY, count: limit });
  }

  /** Waits for the session's turn, and reads the context of the question. Writes nothing. */
  async openTurn({ question, name, budget }: TurnRequest): Promise<{
    state: "open";
    id: string;
    turn: Turn;
    context: Context;
  }> {
    const id = crypto.randomUUID();
    const createdAt = Date.now();
    const release = await this.#queue.enter();
    try {
      this.#prepare();
      const context = readContext(this.#messages, question, budget);
      const remember = (finished: FinishedTurn): Remembered =>
        this.ctx.storage.transactionSync(() => {
          const { firstSeq } = this.#messages.append(
            [
              { role: "user", name, content: question, createdAt },
              { role: "assistant", content: finished.answer },
            ],
            id,
          );
          this.#turns.insertFinished(id, firstSeq, createdAt, finished);
          return "remembered";
        });
      return { state: "open", id, context, turn: new Turn(remember, release) };
    } catch (error) {
      release();
      throw error;
    }
  }

  #prepare(): void {
    if (this.#ready) return;
    const { storage } = this.ctx;
    migrate(storage);
    const history = storage.kv.get(HISTORY_KEY);
    if (history !== undefined) {
      storage.transactionSync(() => {
        this.#messages.append(adoptable(history));
        storage.kv.delete(HISTORY_KEY);
      });
    }
    this.#ready = true;
  }
}
