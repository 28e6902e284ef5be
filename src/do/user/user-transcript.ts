/** The user's copy of the transcripts of their sessions, ordered by the arrival of updates. */

import { quotationTokens } from "../../turn/prompt-blocks";
import { shortenMessage } from "../../turn/shorten-message";
import { titleOf } from "../../turn/title-of";
import type { Message, NewMessage, RecalledMessage } from "../../turn/types";
import { conversationPart, recallPart } from "../memory/conversation-questions";
import { NEIGHBOURHOOD } from "../memory/evidence";
import type { Near } from "../memory/meaning-evidence";
import { Messages } from "../memory/messages";
import { type Beyond, type RecallLimits, recall, type Scale, SEARCH_TOKENS } from "../memory/ranking";
import { reindex } from "../memory/reindex";
import { VectorRows } from "../memory/vector-rows";
import type { Database } from "../sqlite/database";
import type { Schedule } from "../sqlite/schedule";
import { Segments } from "./segments";

/** The most messages of a session's end, and the least tokens for one of them. */
const END = 12;
const LEAST_END = 60;

/** When a question is asked, the last exchange of its session, and, with an encoder, the nearest messages before a place. */
export interface Asked extends Pick<Beyond, "previous" | "now" | "timeZone"> {
  nearestTo?: ((before: number) => Near[]) | undefined;
}

/** Call the methods that write inside a transaction. */
export class UserTranscript {
  readonly #messages: Messages;
  readonly #segments: Segments;
  readonly vectors: VectorRows;

  constructor(db: Database) {
    this.#messages = new Messages(db);
    this.#segments = new Segments(db);
    this.vectors = new VectorRows(db);
  }

  /** The place of the last message; 0 without messages. */
  get last(): number {
    return this.#messages.end().last;
  }

  /** Returns messages by their place in this copy, in any order. */
  pick(places: number[]): Message[] {
    return this.#messages.pick(places);
  }

  get empty(): boolean {
    return this.last === 0;
  }

  /**
   * Returns the messages that match a text best, best first, with session and `seq`.
   * @param leftOut the session whose messages are left out; empty for none
   */
  #recall(
    text: string,
    limits: Omit<RecallLimits, "before">,
    leftOut: string,
    asked: Asked,
  ): { recalled: RecalledMessage[]; scale: Scale } {
    const before = this.last + 1;
    const nearest = asked.nearestTo?.(before);
    const beyond = { ...asked, nearest, leftOut: this.#segments.rangesOf(leftOut) };
    const { recalled, scale } = recall(this.#messages, text, { ...limits, before }, beyond);
    return { recalled: this.#placed(recalled), scale: { ...scale, nearest: nearest && this.#own(nearest, leftOut) } };
  }

  /** Returns whole messages of all sessions that match a text best, best first. */
  search(text: string, count: number, asked: Asked): RecalledMessage[] {
    return this.#recall(text, { tokens: SEARCH_TOKENS, count, whole: true }, "", asked).recalled;
  }

  /** Returns the last messages of a session, newest first, within a number of tokens. Long ones are shortened. */
  endOf(sessionId: string, tokens: number): RecalledMessage[] {
    const [first = 0, last = 0] = this.#segments.rangesOf(sessionId).at(-1) ?? [];
    const newest = [...this.#messages.between(Math.max(first - 1, last - END), last, END)].reverse();
    let left = tokens;
    const end = newest.flatMap((message): RecalledMessage[] => {
      if (left < LEAST_END) return [];
      const shown = quotationTokens(message) <= left ? message : shortenMessage(message, left >> 1);
      left -= quotationTokens(shown);
      return [{ ...shown, score: 1 }];
    });
    return this.#placed(end);
  }

  /**
   * Returns messages for a question of one session: those that match it best or, for a question about the person of whom
   * no facts are known, some of all parts.
   */
  recallFor(
    question: string,
    limits: Omit<RecallLimits, "before">,
    leftOut: string,
    asked: Asked,
    hasFacts: boolean,
  ): { recalled: RecalledMessage[]; scale: Scale } {
    const part = conversationPart(question);
    if (part === undefined) return this.#recall(question, limits, leftOut, asked);
    // Facts answer questions about the person. Other questions about a conversation mean the asking session.
    const isOpen = part === "person" && !hasFacts;
    const all = { ...limits, before: this.last + 1 };
    const sample = isOpen ? recallPart(this.#messages, question, part, all, this.#segments.rangesOf(leftOut)) : [];
    return { recalled: this.#placed(sample), scale: { rarities: {}, speakers: [] } };
  }

  /** Returns the messages of a session from one `seq` to another. Their `seq` is the place in this copy. */
  between(sessionId: string, from: number, to: number): Message[] {
    return this.#segments
      .rangesOf(sessionId, from, to)
      .flatMap(([first, last]) => [...this.#messages.between(first - 1, last, last)]);
  }

  /**
   * Adds messages of a session. A gap separates messages of different sessions, so that recall does not treat them as
   * neighbours.
   */
  add(sessionId: string, messages: Message[]): void {
    for (let at = 0; at < messages.length; ) {
      const run = consecutive(messages, at);
      const { last } = this.#segments;
      // The places of retracted messages at the end are not reused, because their segment still covers them.
      const taken = Math.max(0, (last?.last ?? 0) - this.last);
      const gap = taken + (last && last.session !== sessionId ? NEIGHBOURHOOD : 0);
      const { firstSeq, lastSeq } = this.#messages.append(run.map(toNew), null, gap);
      this.#segments.add({ first: firstSeq, last: lastSeq, session: sessionId, behind: (run[0]?.seq ?? 1) - 1 });
      at += run.length;
    }
    // The user's next question needs them, and a write in a search delays its reply.
    this.#messages.index.complete();
  }

  /**
   * Deletes a session's messages from one `seq` to another, except those to keep.
   * @returns the `seq` of the deleted messages in their session
   */
  retract(sessionId: string, from: number, to: number, kept: ReadonlySet<number>): number[] {
    if (from > to) return [];
    const here = this.between(sessionId, from, to);
    const places = this.#segments.placesOf(here);
    return here.flatMap(({ seq }) => {
      const place = places.get(seq)?.seq;
      if (place === undefined || kept.has(place)) return [];
      this.#delete(seq, seq);
      // The vector of the next message contains this one, too.
      this.vectors.empty([seq + 1]);
      return [place];
    });
  }

  /** Deletes all messages of a session. */
  delete(sessionId: string): void {
    for (const [first, last] of this.#segments.rangesOf(sessionId)) this.#delete(first, last);
    this.#segments.delete(sessionId);
  }

  /** Deletes the `count` oldest messages of all sessions. */
  dropOldest(count: number): void {
    for (let left = count; left > 0; ) {
      const range = this.#segments.cutOldest(left);
      if (!range) return;
      const [first, last] = range;
      this.#delete(first, last);
      left -= last - first + 1;
    }
  }

  /** Runs the task `reindex`. @param before indexes other texts again, in the first step */
  reindex(db: Database, schedule: Schedule<"reindex">, before: () => void): Promise<number | null> {
    return reindex(db, schedule, this.#messages, before);
  }

  /** Deletes all messages. */
  clear(): void {
    this.#messages.clear();
    this.#segments.clear();
    this.vectors.clear();
  }

  #delete(first: number, last: number): void {
    this.#messages.delete(first, last);
    this.vectors.erase(first, last, this.last);
  }

  /** Returns the beginning of a session's first question in one line; null without a question. */
  title(sessionId: string): string | null {
    for (const [first, last] of this.#segments.rangesOf(sessionId)) {
      const question = this.#messages.between(first - 1, last, last).find(({ role }) => role === "user");
      if (question) return titleOf(question.content);
    }
    return null;
  }

  /** Returns messages with the `seq` that they have in a session; 0 for those of other sessions. */
  #own(nearest: Near[], sessionId: string): Near[] {
    const places = this.#segments.placesOf(nearest);
    return nearest.map(({ seq, cosine }) => {
      const place = places.get(seq);
      return { seq: place?.sessionId === sessionId ? (place?.seq ?? 0) : 0, cosine };
    });
  }

  /** Returns messages with the session and the `seq` that they have there. */
  #placed(messages: RecalledMessage[]): RecalledMessage[] {
    const places = this.#segments.placesOf(messages);
    return messages.flatMap((message) => {
      const place = places.get(message.seq);
      return place ? [{ ...message, ...place }] : [];
    });
  }
}

/** Returns the messages with consecutive `seq` that begin at an index. */
function consecutive(messages: Message[], start: number): Message[] {
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
