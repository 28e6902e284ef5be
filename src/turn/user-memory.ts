/** What is known of a user beyond one session. */

/** The longest fact, in characters, and how many a user may have. */
export const MAX_FACT = 500;
export const MAX_FACTS = 500;

/** Where something was said. */
export interface Place {
  sessionId: string;
  seq: number;
}

/** One short statement about a user. Times are milliseconds since 1970. */
export interface Fact {
  id: string;
  text: string;
  /** What the text costs in a prompt, estimated once when it was written. */
  tokens: number;
  /** Where it was learnt; null where nobody said. */
  source: Place | null;
  createdAt: number;
  updatedAt: number;
}

/** What of a user's memory goes into one prompt, beside recalled messages. */
export interface UserContext {
  /** Whether the user's object answered in time; without its answer there is nothing of it in the prompt. */
  answered: boolean;
  /** Newest first. */
  facts: Fact[];
}

/** What an answer says of it. */
export interface UserMemoryUsed {
  answered: boolean;
  /** The ids of the facts that the prompt had. */
  facts: string[];
}
