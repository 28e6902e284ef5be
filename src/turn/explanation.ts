/** Why a message was recalled, or was not. */

/** The rank of a message for a question, and the parts of its score, which add up to it. */
export interface Explanation {
  seq: number;
  /** 1 for the best candidate. Null if the message is no candidate: it is in the window, or does not match at all. */
  rank: number | null;
  recalled: boolean;
  score: number;
  /** The part of the score from the message's own words. */
  words: number;
  /** The part from the words of the messages around it, and from its episode. */
  neighbours: number;
  /** The part from the question's days. */
  date: number;
  meaning: number;
  /** The part from its speaker, if the question names them, and from looking like an answer. */
  speaker: number;
  /** The tokens of its quotation. */
  tokens: number;
  /** The tokens that were missing to recall it; 0 if it was recalled, null if it is not a candidate. */
  missedBy: number | null;
}
