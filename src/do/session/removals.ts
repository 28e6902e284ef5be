/** Removes turns and messages from the transcript of a session. Their rows stay, without content. */
import type { Message } from "../../turn/types";
import type { Messages } from "../memory/messages";
import type { VectorRows } from "../memory/vector-rows";
import type { Database } from "../sqlite/database";
import { MOST_OF_TURN } from "./entries";
import type { TurnRows } from "./turn-rows";

export class Removals {
  readonly #db: Database;
  readonly #messages: Messages;
  readonly #turns: TurnRows;
  readonly #vectors: VectorRows;

  constructor(db: Database, messages: Messages, turns: TurnRows, vectors: VectorRows) {
    this.#db = db;
    this.#messages = messages;
    this.#turns = turns;
    this.#vectors = vectors;
  }

  /** Returns the messages of a turn that has ended, oldest first. */
  messagesOf(turnId: string): Message[] {
    const turn = this.#turns.get(turnId);
    if (!turn) return [];
    const near = this.#messages.between(turn.answerSeq - MOST_OF_TURN, turn.answerSeq, MOST_OF_TURN);
    return near.filter((message) => message.turnId === turnId).toArray();
  }

  /** Deletes messages, and the turns that they belong to. Another turn may run meanwhile. */
  remove(messages: Message[]): void {
    // Without a message, a write would only bring the storage of a deleted session back.
    if (messages.length === 0) return;
    this.#db.transaction(() => {
      this.#messages.withdraw(messages);
      // The vector of a message also contains the message before it.
      this.#vectors.empty([...new Set(messages.flatMap(({ seq }) => [seq, seq + 1]))]);
      for (const turnId of new Set(messages.flatMap((message) => message.turnId ?? []))) this.#turns.delete(turnId);
    });
  }
}
