/** The methods of a user's object that sessions call: `user.ts` documents them. */
import type { Result } from "../../turn/result";
import type { Message } from "../../turn/types";
import type { UserMemory } from "../memory/context";
import type { QuestionVector } from "../memory/embeddings";
import type { EncoderOptions } from "../memory/encoder-plan";
import type { Extraction } from "./extraction";
import type { Learned } from "./fact-columns";
import type { Learning } from "./learning";

/** Messages of a session. Afterwards the copy has exactly these messages of the session in the range `from` to `to`. */
export interface SessionUpdate {
  sessionId: string;
  epoch: string;
  from: number;
  to: number;
  messages: Message[];
  /** The counts of the whole session. Only for forks, whose copied messages are not sent. */
  listed?: { messages: number; title: string | null; firstAt: number | null; lastAt: number | null } | undefined;
  /** Appended and imported messages to learn from, of this update and of others. */
  learn?: Learning[] | undefined;
  /** Messages up to this `seq` were imported: their turns teach nothing by themselves. */
  imported?: number | undefined;
  /** The title that a client gave the session; only in its first update. */
  title?: string | undefined;
  /** Turns to learn from again, as {@link Forgotten} names them. */
  again?: Learned[] | undefined;
}

/** Messages to learn from after a session was deleted. */
export interface Forgotten {
  /** Pending messages of the session. */
  learn: Learning[];
  /** Turns of deleted facts, of this session and of others that this user does not have. */
  again: Learned[];
}

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
  /** The encoder of the question; absent if recall uses words alone. */
  encoder?: { model: string; vectorOf: () => Promise<QuestionVector | null> } | undefined;
}

/** The reply of the user's object to a question. */
export type Known =
  | { state: "known"; memory: UserMemory; epoch: string | undefined }
  /** The session's epoch has ended: the session or the user was deleted. */
  | { state: "gone" }
  | { state: "user_being_deleted" };

export interface UserObject extends Rpc.DurableObjectBranded {
  memory(question: Question): Promise<Known>;
  open(sessionId: string): Result<string>;
  tell(update: SessionUpdate, extraction?: Extraction, encoder?: EncoderOptions): number | "gone";
  rename(sessionId: string, epoch: string, title: string): void;
  forget(sessionId: string, epoch: string, keepsFacts?: boolean, again?: Learned[]): Result<Forgotten>;
}
