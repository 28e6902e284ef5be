/** The turns of a session: queries, and rows to turns and back. */
import type { FinishedTurn } from "../turn/ports";

export class Turns {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** One row. Call it in the transaction that writes the turn's messages. */
  insertFinished(id: string, questionSeq: number, createdAt: number, turn: FinishedTurn): void {
    this.#sql.exec(
      `INSERT INTO turns (id, question_seq, status, model, finish_reason, prompt_tokens, completion_tokens, memory, created_at, finished_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, questionSeq, turn.status, turn.model, turn.finishReason],
      ...[turn.usage.promptTokens, turn.usage.completionTokens, JSON.stringify(turn.memory), createdAt, Date.now()],
    );
  }

  clear(): void {
    this.#sql.exec("DELETE FROM turns");
  }
}
