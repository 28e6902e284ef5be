/** The turns of a session: queries, and rows to turns and back. */
import { NO_MEMORY, type TurnIdentity } from "../../turn/live-turn";
import type { FinishedTurn, FinishReason, StoredTurn, TurnStatus } from "../../turn/types";
import type { Database } from "./database";

/** How long an idempotency key stands for its turn, in milliseconds. */
const KEY_LIFE = 86_400_000;

type Row = {
  id: string;
  question_seq: number;
  status: TurnStatus;
  partial: string | null;
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
  fingerprint: string | null;
}

const toTurn = (row: Row): TurnRow => ({
  id: row.id,
  fingerprint: row.fingerprint,
  status: row.status,
  question: row.question,
  answer: row.answer ?? row.partial ?? "",
  model: row.model ?? "",
  finishReason: row.finish_reason,
  usage: {
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    totalTokens: row.prompt_tokens + row.completion_tokens,
  },
  memory: row.memory === null ? NO_MEMORY : JSON.parse(row.memory),
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

/** Every write is of one row. */
export class TurnRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** A turn without an end is running. */
  insert({ id, idempotency, createdAt }: TurnIdentity, questionSeq: number, finished?: FinishedTurn): void {
    this.#db.write(
      `INSERT INTO turns (id, question_seq, status, idempotency_key, fingerprint, created_at, model, finish_reason,
       prompt_tokens, completion_tokens, memory, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, questionSeq, finished?.status ?? "running", idempotency?.key ?? null, idempotency?.fingerprint ?? null],
      ...[createdAt, ...(finished ? ending(finished) : [null, null, 0, 0, null, null])],
    );
  }

  /** What a running turn has said so far. */
  save(id: string, { answer, model, memory }: FinishedTurn): void {
    const query = "UPDATE turns SET partial = ?, model = ?, memory = ? WHERE id = ?";
    this.#db.write(query, answer, model, JSON.stringify(memory), id);
  }

  finish(id: string, finished: FinishedTurn): void {
    this.#db.write(
      `UPDATE turns SET status = ?, partial = NULL, model = ?, finish_reason = ?, prompt_tokens = ?,
       completion_tokens = ?, memory = ?, finished_at = ? WHERE id = ?`,
      ...[finished.status, ...ending(finished), id],
    );
  }

  get(id: string): TurnRow | undefined {
    return this.#db.rows<Row>(`${SELECT} WHERE t.id = ?`, id).map(toTurn)[0];
  }

  /** The turn of an idempotency key that is still good. */
  byKey(key: string): TurnRow | undefined {
    const query = `${SELECT} WHERE t.idempotency_key = ? AND t.created_at > ? ORDER BY t.created_at DESC LIMIT 1`;
    return this.#db.rows<Row>(query, key, Date.now() - KEY_LIFE).map(toTurn)[0];
  }

  delete(id: string): void {
    this.#db.write("DELETE FROM turns WHERE id = ?", id);
  }

  clear(): void {
    this.#db.write("DELETE FROM turns");
  }
}

const ending = ({ model, finishReason, usage, memory }: FinishedTurn) => [
  model,
  finishReason,
  usage.promptTokens,
  usage.completionTokens,
  JSON.stringify(memory),
  Date.now(),
];
