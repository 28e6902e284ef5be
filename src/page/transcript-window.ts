/** The consecutive messages of a transcript that the page holds: at most 150. */
import type { Api, Message } from "./api";

/** Messages per request. */
const PAGE = 50;
const MAX_MESSAGES = 150;
/** The most requests that skip deleted messages or look for a date. 40 halvings find a date among 2^40 messages. */
const MAX_STEPS = 40;

export class TranscriptWindow {
  readonly #api: Api;
  readonly sessionId: string;
  /** Oldest first. */
  messages: Message[] = [];
  /** Whether the session has messages before the first. */
  older = false;
  #newest = 0;
  #refreshes = 0;

  constructor(api: Api, sessionId: string) {
    this.#api = api;
    this.sessionId = sessionId;
  }

  /** Whether the session has messages after the last. */
  get newer(): boolean {
    return (this.messages.at(-1)?.seq ?? 0) < this.#newest;
  }

  /** Loads the end of the transcript, or the messages around a seq. */
  async load(seq: number | undefined): Promise<void> {
    const around = seq === undefined ? undefined : seq + PAGE / 2;
    const [page] = await Promise.all([this.#read(around), seq === undefined ? undefined : this.#readNewest()]);
    const isBehind = seq !== undefined && page.hasOlder && (page.messages[0]?.seq ?? 0) > seq;
    const { messages, hasOlder } = isBehind ? await this.#read(seq + 1) : page;
    this.messages = messages;
    this.older = hasOlder;
    if (seq === undefined) this.#newest = messages.at(-1)?.seq ?? 0;
    // All messages around a deleted one may be deleted too.
    else if (messages.length === 0) await this.showNewer();
  }

  /** Returns the seq of the nearest message, because the message with this seq may be deleted. */
  nearest(seq: number): number | undefined {
    return (this.messages.find((message) => message.seq >= seq) ?? this.messages.at(-1))?.seq;
  }

  has(seq: number): boolean {
    return this.messages.some((message) => message.seq === seq);
  }

  /** Returns the question of a turn; undefined if the window does not contain it. */
  questionOf(turnId: string): string | undefined {
    return this.messages.find((message) => message.turnId === turnId && message.role === "user")?.content;
  }

  /** Removes a deleted message, and the other messages of its turn. */
  remove(sessionId: string, { seq, turnId }: Message): void {
    if (sessionId !== this.sessionId) return;
    this.messages = this.messages.filter(
      (message) => message.seq !== seq && (turnId === undefined || message.turnId !== turnId),
    );
  }

  async showOlder(): Promise<void> {
    const { messages, hasOlder } = await this.#read(this.messages[0]?.seq ?? 1);
    this.older = hasOlder;
    this.messages = [...messages, ...this.messages].slice(0, MAX_MESSAGES);
  }

  async showNewer(): Promise<void> {
    const last = this.messages.at(-1)?.seq ?? 0;
    // Messages of a whole page may be deleted.
    for (let step = 1; step <= MAX_STEPS; step += 1) {
      const before = last + step * PAGE + 1;
      const next = await this.#between(last, before);
      this.#append(next);
      if (next.length > 0 || before > this.#newest) return;
    }
  }

  /** Loads new messages, if the window shows the end of the transcript. */
  async refresh(): Promise<void> {
    this.#refreshes += 1;
    const current = this.#refreshes;
    const { messages: newest, hasOlder: older } = await this.#read(undefined);
    const first = newest[0]?.seq ?? 1;
    // A later refresh read newer messages.
    if (current !== this.#refreshes) return;
    const atEnd = !this.newer;
    this.#newest = newest.at(-1)?.seq ?? 0;
    if (!atEnd) return;
    const last = this.messages.at(-1)?.seq ?? 0;
    // The last messages may have changed: a running question may have its answer now.
    const kept = older && first <= last + 1 ? this.messages.filter(({ seq }) => seq < first) : [];
    if (kept.length === 0) this.older = older;
    this.messages = kept;
    this.#append(newest);
  }

  /** Returns the seq of the first message at or after a time (ISO 8601), or of the last message. */
  async seqAt(time: string): Promise<number | undefined> {
    await this.#readNewest();
    let [low, high] = [1, this.#newest];
    for (let step = 0; low < high && step < MAX_STEPS; step += 1) {
      const middle = Math.floor((low + high) / 2);
      const [message] = (await this.#api.history(this.sessionId, 1, middle + 1)).messages;
      if (message === undefined || message.createdAt < time) low = middle + 1;
      else high = message.seq;
    }
    return this.#newest === 0 ? undefined : low;
  }

  #read(before: number | undefined): ReturnType<Api["history"]> {
    return this.#api.history(this.sessionId, PAGE, before);
  }

  /** Returns the messages after a seq and before another, which is at most a page later. Long messages take several requests. */
  async #between(after: number, before: number): Promise<Message[]> {
    const found: Message[] = [];
    for (let requests = 0; requests < PAGE; requests += 1) {
      const { messages, hasOlder } = await this.#read(found[0]?.seq ?? before);
      found.unshift(...messages.filter(({ seq }) => seq > after));
      if (!hasOlder || (messages[0]?.seq ?? 0) <= after + 1) break;
    }
    return found;
  }

  async #readNewest(): Promise<void> {
    const { messages } = await this.#api.history(this.sessionId, 1);
    this.#newest = messages[0]?.seq ?? 0;
  }

  #append(messages: Message[]): void {
    const all = [...this.messages, ...messages];
    if (all.length > MAX_MESSAGES) this.older = true;
    this.messages = all.slice(-MAX_MESSAGES);
  }
}
