/** The result of every converter: conversations of messages that `POST /sessions/:sessionId/messages` takes. */

export interface ConvertedMessage {
  /** `system`: a record, for example the result of a tool. */
  role: "user" | "assistant" | "system";
  /** The speaker in a chat of several people; absent for the owner of the history. */
  name?: string | undefined;
  content: string;
  /** Milliseconds since 1970; absent if the file has no time. */
  createdAt?: number | undefined;
}

/** How many messages or conversations were left out, by reason. */
export type Skipped = Record<string, number>;

export interface Converted {
  /** The id of the session: the format and the conversation's own id. */
  sessionId: string;
  /** Whether the file has no id of it: its beginning identifies it. */
  isUnnamed?: boolean;
  /** One line of up to 200 characters; absent if the file has none. */
  title?: string | undefined;
  /** In the order of their times. */
  messages: ConvertedMessage[];
  skipped: Skipped;
}

export interface ConvertOptions {
  /** The name of the file, without its folder. */
  fileName: string;
  /** The time zone of times without an offset, an IANA name. */
  timeZone: string;
  /** The name of the owner in chats of several people. */
  me?: string | undefined;
}

/** Fails to convert a file, with one sentence for its owner. */
export class ConvertError extends Error {
  override readonly name = "ConvertError";
}

export class UnknownFormatError extends ConvertError {
  constructor() {
    super("Its format is not recognized.");
  }
}

export const skip = (skipped: Skipped, reason: string, count = 1): void => {
  if (count > 0) skipped[reason] = (skipped[reason] ?? 0) + count;
};
