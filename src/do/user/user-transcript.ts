/** The user's copy of what was said in their sessions, one after the other as it was told: a memory as a session's is. */

import { titleOf } from "../../turn/title-of";
import type { Message, NewMessage, RecalledMessage } from "../../turn/types";
import { NEIGHBOURHOOD } from "../memory/evidence";
import { Messages } from "../memory/messages";
import { type RecallLimits, recall, type Scale } from "../memory/ranking";
import type { Database } from "../sqlite/database";
import { Runs } from "./segments";

/** Writes are to stand inside a transaction. */
export class Copy {
  readonly #messages: Messages;
  readonly #runs: Runs;

  constructor(db: Database) {
    this.#messages = new Messages(db);
    this.#runs = new Runs(db);
  }

  get empty(): boolean {
    return this.#messages.end().last === 0;
  }

  /** The messages that fit a text best, best first, by their places. @param leftOut a session of which none are wanted */
  recall(
    text: string,
    limits: Omit<RecallLimits, "before">,
    leftOut?: string,
  ): { recalled: RecalledMessage[]; scale: Scale } {
    const before = this.#messages.end().last + 1;
    const ranges = leftOut === undefined ? [] : this.#runs.of(leftOut);
    const { recalled, scale } = recall(this.#messages, text, { ...limits, before }, { leftOut: ranges });
    return { recalled: this.#placed(recalled), scale };
  }

  /** The messages of a session that are here, from one `seq` to another; by their places here. */
  said(sessionId: string, from: number, to: number): Message[] {
    return this.#runs
      .of(sessionId, from, to)
      .flatMap(([first, last]) => [...this.#messages.between(first - 1, last, last)]);
  }

  /** Those of another session than the last one stand too far away to count as its neighbours. */
  add(sessionId: string, messages: Message[]): void {
    for (let at = 0; at < messages.length; ) {
      const run = runFrom(messages, at);
      const { last } = this.#runs;
      // The places of messages that were retracted at the end stay taken: their run still covers them.
      const taken = Math.max(0, (last?.last ?? 0) - this.#messages.end().last);
      const gap = taken + (last && last.session !== sessionId ? NEIGHBOURHOOD : 0);
      const { firstSeq, lastSeq } = this.#messages.append(run.map(toNew), null, gap);
      this.#runs.add({ first: firstSeq, last: lastSeq, session: sessionId, behind: (run[0]?.seq ?? 1) - 1 });
      at += run.length;
    }
  }

  /**
   * Takes back a session's messages from one `seq` to another, but those that are kept.
   * @returns the `seq` of those that were here
   */
  retract(sessionId: string, from: number, to: number, kept: ReadonlySet<number>): number[] {
    if (from > to) return [];
    const here = this.said(sessionId, from, to);
    const places = this.#runs.placesOf(here);
    return here.flatMap(({ seq }) => {
      const place = places.get(seq)?.seq;
      if (place === undefined || kept.has(place)) return [];
      this.#messages.delete(seq, seq);
      return [place];
    });
  }

  forget(sessionId: string): void {
    for (const [first, last] of this.#runs.of(sessionId)) this.#messages.delete(first, last);
    this.#runs.delete(sessionId);
  }

  /** Drops so many of the oldest messages, whichever session they are of. */
  dropOldest(count: number): void {
    for (let left = count; left > 0; ) {
      const range = this.#runs.cutOldest(left);
      if (!range) return;
      const [first, last] = range;
      this.#messages.delete(first, last);
      left -= last - first + 1;
    }
  }

  /** Drops cached messages: call it before their tables are deleted. */
  forgetCached(): void {
    this.#messages.forget();
  }

  clear(): void {
    this.#messages.clear();
    this.#runs.clear();
  }

  /** The beginning of a session's first question, in one line. */
  title(sessionId: string): string | null {
    for (const [first, last] of this.#runs.of(sessionId)) {
      const question = this.#messages.between(first - 1, last, last).find(({ role }) => role === "user");
      if (question) return titleOf(question.content);
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
