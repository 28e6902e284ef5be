/** The calls from a user's object to the objects of sessions. */
import type { Placement } from "../../object-of";
import type { Result } from "../../turn/result";
import type { Entry } from "../../turn/types";
import type { EncoderOptions } from "../memory/encoder-plan";
import type { Extraction } from "./extraction";

/** The user that a session gets. */
export interface NewOwner {
  /** The name of the user's object. */
  object: string;
  sessionId: string;
  extraction?: Extraction | undefined;
  encoder?: EncoderOptions | undefined;
}

/** Consecutive entries of a session's export. */
export interface SessionPart {
  /** The id of the import. It becomes the session's id if the other one is in use. */
  id: string;
  sessionId: string;
  isFirst: boolean;
  entries: Entry[];
  /** The line number of each entry. */
  lines: number[];
  /** The title and the settings; only in the last part. */
  end?: { title?: string | undefined; instructions?: string | undefined; timeZone?: string | undefined } | undefined;
}

/** The methods of a session's object that a user's object calls: `chat.ts` documents them. */
export interface SessionObject extends Rpc.DurableObjectBranded {
  leave(user: string): Promise<Result<void>>;
  holds(user: string, epoch: string): boolean;
  importPart(
    part: SessionPart,
    user: NewOwner,
    limits: { messages: number; bytes: number },
  ): Promise<Result<number | null>>;
  cancelImport(id: string): Promise<void>;
}

export interface UserBindings extends Placement {
  CHAT_DO: DurableObjectNamespace<SessionObject>;
}
