/** The methods of a user's object that sessions call. */
import type { Result } from "../../turn/result";
import type { UserMemory } from "../memory/context";
import type { Extraction } from "./learn-facts";
import type { Life } from "./user-sessions";
import type { Told } from "./user-store";

/** A question, and the session that asks it. */
export interface Question {
  text: string;
  sessionId: string;
  /** The session's life, if the turn will be stored; a read stores nothing. */
  life?: Life | undefined;
  /** Tokens for recalled messages, and for facts. */
  recallTokens: number;
  factTokens: number;
}

export interface UserObject extends Rpc.DurableObjectBranded {
  memory(question: Question): UserMemory | "gone";
  tell(told: Told, extraction?: Extraction): number | "gone";
  rename(sessionId: string, life: Life, title: string): void;
  forget(sessionId: string, life: string): Result<void>;
}
