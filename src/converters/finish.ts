/** Brings a converter's conversation into the form that a session takes. */
import { type Converted, type ConvertedMessage, type Skipped, skip } from "./converted";
import { textOf } from "./json-values";
import { hashOf } from "./text-hash";

/** The longest message of an append, in characters. */
const MAX_MESSAGE = 400_000;
const MAX_TITLE = 200;
const MAX_NAME = 128;
const MAX_ID = 128;

/** The shortest part of a message that is cut at a paragraph or a line, in characters. */
const LEAST_PART = 200_000;

/** A conversation as a converter read it. */
export interface Read {
  format: string;
  /** The conversation's own id; without one, its first two messages identify it. */
  id: string | undefined;
  title?: string | undefined;
  messages: ConvertedMessage[];
  skipped: Skipped;
  /** Whether the messages are sorted by time. Otherwise their order decides, and times never decrease. */
  sort?: boolean;
}

/** Returns a text as one line, without control characters, of at most so many characters. */
export const oneLine = (text: string, longest: number): string =>
  wellFormed(text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ").trim())
    .slice(0, longest)
    .trim();

const lineOf = (text = "", longest: number) => textOf(wellFormed(oneLine(text, longest)));

/** Replaces lone surrogates, which no request may contain, also those that a cut leaves. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");

export function finish({ format, id, title, messages, skipped, sort = false }: Read): Converted {
  const said = messages.flatMap((message) => {
    const content = wellFormed(message.content);
    if (content.trim() === "") {
      skip(skipped, "empty messages");
      return [];
    }
    return [{ ...message, content, name: lineOf(message.name, MAX_NAME) }];
  });
  const past = withTimes(said, skipped);
  const timed = sort ? past.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0)) : inOrder(past);
  return {
    sessionId: sessionIdOf(format, id ?? (said.length === 0 ? "" : hashOf(JSON.stringify(said.slice(0, 2))))),
    ...(id === undefined && { isUnnamed: true }),
    title: lineOf(title, MAX_TITLE),
    messages: timed.flatMap((message) => partsOf(message.content).map((content) => ({ ...message, content }))),
    skipped,
  };
}

/** Returns the id of a session. An id with other characters, or a long one, is replaced by its hash. */
function sessionIdOf(format: string, id: string): string {
  const whole = `${format}:${id}`;
  return /^[A-Za-z0-9._:@+-]+$/.test(id) && whole.length <= MAX_ID ? whole : `${format}:${hashOf(id)}`;
}

/**
 * Gives messages without a time the time of the message before, or of the first one with a time in the past. Leaves out
 * messages of the future: a server refuses them, and with another time a later import would not know them.
 */
function withTimes(messages: ConvertedMessage[], skipped: Skipped): ConvertedMessage[] {
  const now = Date.now();
  let last = messages.find(({ createdAt = Number.NaN }) => createdAt <= now)?.createdAt;
  const timed = messages.map((message) => {
    last = message.createdAt ?? last;
    return { ...message, createdAt: last };
  });
  const past = timed.filter(({ createdAt = 0 }) => createdAt <= now);
  skip(skipped, "messages of the future", timed.length - past.length);
  return past;
}

/** Keeps the order of a conversation: a time before the time of an earlier message becomes that time. */
function inOrder(messages: ConvertedMessage[]): ConvertedMessage[] {
  let latest = Number.NEGATIVE_INFINITY;
  return messages.map((message) => {
    if (message.createdAt === undefined) return message;
    latest = Math.max(latest, message.createdAt);
    return { ...message, createdAt: latest };
  });
}

/** Splits a text that is too long for one message, at a paragraph, else at a line, else at a character. */
export function partsOf(content: string, longest = MAX_MESSAGE, least = LEAST_PART): string[] {
  const parts: string[] = [];
  let from = 0;
  while (content.length - from > longest) {
    const piece = content.slice(from, from + longest);
    const cut = ["\n\n", "\n", " "].map((gap) => piece.lastIndexOf(gap)).find((at) => at >= least);
    // A cut inside a surrogate pair would leave two halves.
    const pair = cut === undefined && /[\ud800-\udbff]/.test(piece.charAt(longest - 1));
    const end = cut ?? (pair ? longest - 1 : longest);
    parts.push(content.slice(from, from + end));
    from += end;
  }
  parts.push(content.slice(from));
  return parts.map((part) => (parts.length > 1 ? part.trim() : part)).filter((part) => part !== "");
}
