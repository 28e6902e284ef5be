/** The order of a transcript is the order of time. */
import type { NewMessage } from "./types";

/** Milliseconds by which an append may begin before the session's newest message: clocks differ. */
const TOLERANCE_MS = 60_000;
/** Milliseconds that a message may be in the future: clocks differ. */
export const FUTURE_MS = 300_000;

/** Returns messages by their time, with that time; messages of equal time keep their order. @param now the default time */
export const byTime = (messages: readonly NewMessage[], now: number): NewMessage[] =>
  messages
    .map((message) => ({ ...message, createdAt: message.createdAt ?? now }))
    .sort((a, b) => a.createdAt - b.createdAt);

/** Whether messages begin too long before a session's newest one. @param newest undefined for an empty session */
export const isOlder = (messages: readonly NewMessage[], newest: number | undefined): boolean =>
  newest !== undefined && (messages[0]?.createdAt ?? newest) < newest - TOLERANCE_MS;
