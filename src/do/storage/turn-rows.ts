/** The turns of a session: queries, and rows to turns and back. */
import {
  type FinishedTurn,
  type FinishReason,
  NOTHING_YET,
  type StoredTurn,
  type TurnIdentity,
  type TurnStatus,
} from "../../turn/types";

/** How long an idempotency key stands for its turn, in milliseconds. */
const KEY_LIFE = 86_400_000;

type Row = {
  id: string;
  question_seq: number;
  status: TurnStatus;
  model: string | null;
  finish_reason: FinishReason | null;
  prompt_tokens: number;
  completion_tokens: number;
  memory: string | null;
  fingerprint: string | null;
  created_at: number;
  finished_at: number | null;
  question: string;
  answer: string | null;
};

const SELECT = `SELECT t.*, q.content AS question, a.content AS answer FROM turns t
  JOIN messages q ON q.seq = t.question_seq
  LEFT JOIN messages a ON a.seq = t.question_seq + 1 AND a.turn = t.id`;

/** A turn as it stands in the storage, with what only the storage needs. */
export interface TurnRow extends StoredTurn {
  questionSeq: number;
  fingerprint: string | null;
}

const toTurn = (row: Row): TurnRow => ({
  id: row.id,
  questionSeq: row.question_seq,
  fingerprint: row.fingerprint,
  status: row.status,
  question: row.question,
  answer: row.answer ?? "",
  model: row.model ?? "",
  finishReason: row.finish_reason,
  usage: {
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    totalTokens: row.prompt_tokens + row.completion_tokens,
  },
  memory: row.memory === null ? NOTHING_YET.memory : JSON.parse(row.memory),
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

export class Turns {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** One row. A turn without an end is running. */
  insert({ id, idempotency, createdAt }: TurnIdentity, questionSeq: number, finished?: FinishedTurn): void {
    this.#sql.exec(
      `INSERT INTO turns (id, question_seq, status, idempotency_key, fingerprint, created_at, model, finish_reason,
       prompt_tokens, completion_tokens, memory, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, questionSeq, finished?.status ?? "running", idempotency?.key ?? null, idempotency?.fingerprint ?? null],
      ...[createdAt, ...ending(finished)],
    );
  }

  /** One row. */
  finish(id: string, finished: FinishedTurn): void {
    this.#sql.exec(
      `UPDATE turns SET status = ?, model = ?, finish_reason = ?, prompt_tokens = ?, completion_tokens = ?, memory = ?,
       finished_at = ? WHERE id = ?`,
      ...[finished.status, ...ending(finished), id],
    );
  }

  get(id: string): TurnRow | undefined {
    return this.#sql.exec<Row>(`${SELECT} WHERE t.id = ?`, id).toArray().map(toTurn)[0];
  }

  /** The turn of an idempotency key that is still good. */
  byKey(key: string): TurnRow | undefined {
    const since = Date.now() - KEY_LIFE;
    return this.#sql
      .exec<Row>(
        `${SELECT} WHERE t.idempotency_key = ? AND t.created_at > ? ORDER BY t.created_at DESC LIMIT 1`,
        key,
        since,
      )
      .toArray()
      .map(toTurn)[0];
  }

  delete(id: string): void {
    this.#sql.exec("DELETE FROM turns WHERE id = ?", id);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM turns");
  }
}

const ending = (finished: FinishedTurn | undefined) => [
  finished?.model ?? null,
  finished?.finishReason ?? null,
  finished?.usage.promptTokens ?? 0,
  finished?.usage.completionTokens ?? 0,
  finished ? JSON.stringify(finished.memory) : null,
  finished ? Date.now() : null,
];
