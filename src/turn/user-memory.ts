/** The shapes of a user's memory: facts, and their part in a prompt. */

/** The longest fact, in characters, and the most facts of a user. */
export const MAX_FACT = 500;
export const MAX_FACTS = 500;

/** The place of a message. */
export interface Place {
  sessionId: string;
  seq: number;
}

/** One short statement about a user. Times are milliseconds since 1970. */
export interface Fact {
  id: string;
  text: string;
  /** Estimated tokens of the text in a prompt. */
  tokens: number;
  /** The message that it is from; null if a client gave none. */
  source: Place | null;
  createdAt: number;
  updatedAt: number;
}

/** The part of a user's memory in a prompt, besides recalled messages. */
export interface UserContext {
  /** Whether the user's object answered in time. If not, the prompt has no facts. */
  answered: boolean;
  /** Newest first. */
  facts: Fact[];
}

/** The part of a user's memory in an answer. */
export interface UserMemoryUsed {
  answered: boolean;
  /** The ids of the facts in the prompt. */
  facts: string[];
}
