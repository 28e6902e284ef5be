/** The methods of a user's object that sessions call. */
import type { Result } from "../../turn/result";
import type { UserMemory } from "../memory/context";
import type { Extraction } from "./learn-facts";
import type { Told } from "./user-store";

/** A question, and the session that asks it. */
export interface Question {
  text: string;
  sessionId: string;
  /** The epoch that the session has; absent for a session that has none yet. */
  epoch?: string | undefined;
  /** Whether a session without an epoch gets one: a read gets none, because it writes nothing. */
  opens: boolean;
  /** Tokens for recalled messages, and for facts. */
  recallTokens: number;
  factTokens: number;
}

/** The reply of the user's object to a question. */
export type Known =
  | { state: "known"; memory: UserMemory; epoch: string | undefined }
  /** The session's epoch is over: the session, or the user, was deleted. */
  | { state: "gone" }
  | { state: "user_being_deleted" };

export interface UserObject extends Rpc.DurableObjectBranded {
  memory(question: Question): Known;
  open(sessionId: string): Result<string>;
  tell(told: Told, extraction?: Extraction): number | "gone";
  rename(sessionId: string, epoch: string, title: string): void;
  forget(sessionId: string, epoch: string): Result<void>;
}
