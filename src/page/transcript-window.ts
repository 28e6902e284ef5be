/** The part of a session's transcript that is in the page: messages that follow each other, never more than so many. */
import type { Api, Message } from "./api";

const PAGE = 50;
const MOST = 150;

export class TranscriptWindow {
  readonly #api: Api;
  readonly sessionId: string;
  /** Oldest first. */
  messages: Message[] = [];
  /** Whether there is more before the first, and behind the last. */
  older = false;
  newer = false;

  constructor(api: Api, sessionId: string) {
    this.#api = api;
    this.sessionId = sessionId;
  }

  /** Begins at the end, or around a message. */
  async begin(seq: number | undefined): Promise<void> {
    const before = seq === undefined ? undefined : seq + PAGE / 2;
    this.messages = await this.#api.history(this.sessionId, PAGE, before);
    this.older = (this.messages[0]?.seq ?? 1) > 1;
    this.newer = before !== undefined && this.messages.at(-1)?.seq === before - 1;
  }

  has(seq: number): boolean {
    return this.messages.some((message) => message.seq === seq);
  }

  async showOlder(): Promise<void> {
    const first = this.messages[0]?.seq ?? 1;
    if (first === 1) return;
    const all = [...(await this.#api.history(this.sessionId, PAGE, first)), ...this.messages];
    this.messages = all.slice(0, MOST);
    this.newer ||= all.length > MOST;
    this.older = (this.messages[0]?.seq ?? 1) > 1;
  }

  async showNewer(): Promise<void> {
    const last = this.messages.at(-1)?.seq ?? 0;
    const next = await this.#api.history(this.sessionId, PAGE, last + PAGE + 1);
    this.#append(next.filter(({ seq }) => seq > last));
    this.newer = next.at(-1)?.seq === last + PAGE;
  }

  /** What was said meanwhile, where the end is in the page. */
  async goOn(): Promise<void> {
    if (this.newer) return;
    const newest = await this.#api.history(this.sessionId, PAGE);
    const last = this.messages.at(-1)?.seq ?? 0;
    const first = newest[0]?.seq ?? last + 1;
    // The last ones may have changed: a question has its answer now.
    if (first > last + 1) this.messages = [];
    this.messages = this.messages.filter(({ seq }) => seq < first);
    this.#append(newest);
  }

  #append(messages: Message[]): void {
    this.messages = [...this.messages, ...messages].slice(-MOST);
    this.older = (this.messages[0]?.seq ?? 1) > 1;
  }
}
