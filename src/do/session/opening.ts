import type { Message, NewMessage } from "../../turn/types";
import type { Owner } from "./owner";

/** The messages that a turn stores before its answer. */
export interface Opening {
  /** Messages before the first turn of the session. */
  before: NewMessage[];
  /** The turn's own messages: tool results, then its question, if it has one. */
  messages: NewMessage[];
  /** The owner of a session that has none yet. */
  owner?: Owner | undefined;
  /** Messages that the turn takes the place of. They come back if it ends without text. */
  replaced?: Message[] | undefined;
}
