/** The methods of a user's object that sessions call: `user.ts` documents them. */
import type { Result } from "../../turn/result";
import type { UserMemory } from "../memory/context";
import type { Extraction } from "./extraction";
import type { SessionUpdate } from "./user-store";

/** A question and the session that asks it. */
export interface Question {
  text: string;
  sessionId: string;
  /** The session's epoch; absent if it has none yet. */
  epoch?: string | undefined;
  /** Whether a session without an epoch gets one. False for previews, which store nothing. */
  opens: boolean;
  /** Tokens for recalled messages, and for facts. */
  recallTokens: number;
  factTokens: number;
  /** The texts of the session's last exchange, its question first: the question may be a follow-up. */
  previous?: string[] | undefined;
  /** The IANA time zone of the question's days. */
  timeZone?: string | undefined;
}

/** The reply of the user's object to a question. */
export type Known =
  | { state: "known"; memory: UserMemory; epoch: string | undefined }
  /** The session's epoch has ended: the session or the user was deleted. */
  | { state: "gone" }
  | { state: "user_being_deleted" };

export interface UserObject extends Rpc.DurableObjectBranded {
  memory(question: Question): Known;
  open(sessionId: string): Result<string>;
  tell(update: SessionUpdate, extraction?: Extraction): number | "gone";
  rename(sessionId: string, epoch: string, title: string): void;
  forget(sessionId: string, epoch: string): Result<void>;
}
