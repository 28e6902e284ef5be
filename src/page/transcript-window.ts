/** The consecutive messages of a transcript that the page holds: at most 150. */
import type { Api, Message } from "./api";

const PAGE = 50;
const MOST = 150;

export class TranscriptWindow {
  readonly #api: Api;
  readonly sessionId: string;
  /** Oldest first. */
  messages: Message[] = [];
  /** Whether the session has messages before the first, and after the last. */
  older = false;
  newer = false;

  constructor(api: Api, sessionId: string) {
    this.#api = api;
    this.sessionId = sessionId;
  }

  /** Loads the end of the transcript, or the messages around a seq. */
  async load(seq: number | undefined): Promise<void> {
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

  /** Loads new messages, if the window shows the end of the transcript. */
  async refresh(): Promise<void> {
    if (this.newer) return;
    const newest = await this.#api.history(this.sessionId, PAGE);
    const last = this.messages.at(-1)?.seq ?? 0;
    const first = newest[0]?.seq ?? last + 1;
    // The last messages may have changed: a running question may have its answer now.
    if (first > last + 1) this.messages = [];
    this.messages = this.messages.filter(({ seq }) => seq < first);
    this.#append(newest);
  }

  #append(messages: Message[]): void {
    this.messages = [...this.messages, ...messages].slice(-MOST);
    this.older = (this.messages[0]?.seq ?? 1) > 1;
  }
}
