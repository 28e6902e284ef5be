/** The shapes of a user's memory: facts, and their part in a prompt. */

/** The longest fact, in characters, and the most facts of a user. */
export const MAX_FACT = 500;
export const MAX_FACTS = 500;

/** The place of a message. */
export interface Place {
  sessionId: string;
  seq: number;
}

/** A statement with its time span. */
export interface Statement {
  text: string;
  /** The first and the last day, as `2026-11-26`; null if unknown. */
  since: string | null;
  until: string | null;
}

/** One short statement about a user: the current version of a fact. Times are milliseconds since 1970. */
export interface Fact extends Statement {
  id: string;
  /** Identifies the version. */
  number: number;
  /** Estimated tokens of the statement in a prompt. */
  tokens: number;
  /** Whether every prompt contains it. */
  pinned: boolean;
  /** The messages that it is from, first one first. */
  sources: Place[];
  writtenBy: "person" | "model";
  /** When the fact was added, and when this version was. */
  createdAt: number;
  updatedAt: number;
}

/** One of the versions of a fact. */
export interface FactVersion extends Fact {
  /** Counts the versions of the fact, from 1. */
  version: number;
  /** When the next version replaced it, or the fact ended; null for a current one. */
  endedAt: number | null;
}

/** Messages of a turn that the model learned a version from. */
export interface Learned extends Place {
  to: number;
  /** The number of the version that the model was shown and changed; absent if it added the fact. */
  base?: number | undefined;
}

/** A version of a fact as an export has it. Times are milliseconds since 1970. */
export interface ExportedVersion
  extends Omit<Statement, "text">,
    Pick<Fact, "number" | "pinned" | "writtenBy" | "createdAt" | "updatedAt"> {
  /** Null if the fact ended. */
  text: string | null;
  /** The message that a person named as the source. */
  source?: Place | undefined;
  learned: Learned[];
}

/** A fact with all its versions, oldest first. */
export interface ExportedFact {
  id: string;
  versions: ExportedVersion[];
}

/** A client's change of a fact. Absent fields keep their values. */
export interface FactEdit extends Partial<Statement> {
  pinned?: boolean | undefined;
  source?: Place | undefined;
}

/** Returns a statement as a line of a prompt, with its time span behind the text. */
export function statementLine({ text, since, until }: Statement): string {
  const span = [since && `since ${since}`, until && `until ${until}`].filter(Boolean).join(", ");
  return span === "" ? text : `${text} (${span})`;
}

/** Returns a key that is equal for texts that differ only in case, spacing and the full stop at the end. */
export const sameFactKey = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim()
    // Without the condition before it, the time would grow with the square of a row of full stops.
    .replace(/(?<![.!。])[.!。]+$/u, "");

/** An earlier session of the user. */
export interface EarlierSession {
  /** Null without title and question. */
  title: string | null;
  /** The time of its last message, in milliseconds since 1970. */
  lastAt: number;
}

/** The part of a user's memory in a prompt, besides recalled messages. */
export interface UserContext {
  /** Whether the user's object answered in time. If not, the prompt has no facts. */
  answered: boolean;
  /** Pinned ones first, then by relevance to the question, then newest first. */
  facts: Fact[];
  /** The latest other sessions, newest first, with the days that the prompt shows; absent after the first turn. */
  latest?: (EarlierSession & { date: string })[] | undefined;
}

/** The part of a user's memory in an answer. */
export interface UserMemoryUsed {
  answered: boolean;
  /** The ids of the facts in the prompt. */
  facts: string[];
}
