/** Keeps transcripts in the order of time. */
import type { NewMessage } from "./types";

/** How many milliseconds older than the session's newest message an append may be: clocks differ. */
const TOLERANCE_MS = 60_000;
/** How many milliseconds in the future a message may be: clocks differ. */
export const FUTURE_MS = 300_000;

/** Sorts messages by time, and sets missing times. Equal times keep their order. @param now the default time */
export const byTime = (messages: readonly NewMessage[], now: number): NewMessage[] =>
  messages
    .map((message) => ({ ...message, createdAt: message.createdAt ?? now }))
    .sort((a, b) => a.createdAt - b.createdAt);

/** Returns whether messages are too old for a session. @param newest the time of its newest message, if it has one */
export const isOlder = (messages: readonly NewMessage[], newest: number | undefined): boolean =>
  newest !== undefined && (messages[0]?.createdAt ?? newest) < newest - TOLERANCE_MS;
