/** The turns of a session: queries, and conversion of rows. */
import { type LiveTurn, NO_MEMORY } from "../../turn/live-turn";
import type { FinishedTurn, FinishReason, StoredTurn, TurnStatus } from "../../turn/types";
import { WITHDRAWN } from "../memory/message-rows";
import { answerOf, type Messages, type TurnPlace } from "../memory/messages";
import type { Tables } from "../sqlite/tables";

/** Milliseconds for which an idempotency key names its turn or append: a day, as at Stripe. */
export const KEY_MS = 86_400_000;

type Row = {
  id: string;
  question_seq: number;
  answer_seq: number | null;
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
  calls: string | null;
};

/** Leaves out a turn that another one replaces at present. */
const SELECT = `SELECT t.*, q.content AS question, a.content AS answer, a.memory, a.calls,
  CASE WHEN a.seq IS NULL THEN 'running' ELSE coalesce(a.status, 'complete') END AS status FROM turns t
  JOIN messages q ON q.seq = t.question_seq
  LEFT JOIN messages a ON a.seq = coalesce(t.answer_seq, t.question_seq + 1) AND a.turn = t.id
  WHERE a.status IS NOT '${WITHDRAWN}' AND`;

/** A new turn, as much as its row needs. */
export type NewTurn = Pick<LiveTurn, "id" | "createdAt"> & Partial<Pick<LiveTurn, "idempotency">>;

/** A turn with the columns that only the storage needs. */
export interface TurnRow extends StoredTurn, TurnPlace {
  fingerprint: string | null;
}

function toTurn(row: Row): TurnRow {
  const partial: FinishedTurn | null = row.partial === null ? null : JSON.parse(row.partial);
  return {
    id: row.id,
    questionSeq: row.question_seq,
    answerSeq: row.answer_seq ?? row.question_seq + 1,
    fingerprint: row.fingerprint,
    status: row.status,
    // A turn that continues an answer of no question.
    question: row.question_seq === row.answer_seq ? "" : row.question,
    answer: row.answer ?? partial?.answer ?? "",
    ...(row.calls !== null && { toolCalls: JSON.parse(row.calls) }),
    model: row.model ?? partial?.model ?? "",
    finishReason: row.finish_reason,
    usage: {
      promptTokens: row.prompt_tokens,
      completionTokens: row.completion_tokens,
      totalTokens: row.prompt_tokens + row.completion_tokens,
    },
    memory: row.memory === null ? (partial?.memory ?? NO_MEMORY) : JSON.parse(row.memory),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

export class TurnRows {
  readonly #db: Tables;

  constructor(db: Tables) {
    this.#db = db;
  }

  /** @param finished absent for a turn that runs */
  insert(
    { id, idempotency, createdAt }: NewTurn,
    { questionSeq, answerSeq }: TurnPlace,
    finished?: FinishedTurn,
    finishedAt = createdAt,
  ): void {
    this.#db.write(
      `INSERT INTO turns (id, question_seq, idempotency_key, fingerprint, created_at, model, finish_reason,
       prompt_tokens, completion_tokens, finished_at, answer_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      questionSeq,
      idempotency?.key ?? null,
      idempotency?.fingerprint ?? null,
      createdAt,
      ...(finished ? columnsOf(finished, finishedAt) : [null, null, 0, 0, null]),
      answerSeq === questionSeq + 1 ? null : answerSeq,
    );
  }

  /** Stores the partial answer of a running turn. */
  save(id: string, snapshot: FinishedTurn): void {
    this.#db.write("UPDATE turns SET partial = ? WHERE id = ?", JSON.stringify(snapshot), id);
  }

  finish(id: string, finished: FinishedTurn, finishedAt: number): void {
    this.#db.write(
      `UPDATE turns SET partial = NULL, model = ?, finish_reason = ?, prompt_tokens = ?, completion_tokens = ?,
       finished_at = ? WHERE id = ?`,
      ...columnsOf(finished, finishedAt),
      id,
    );
  }

  get(id: string): TurnRow | undefined {
    return this.#db.rows<Row>(`${SELECT} t.id = ?`, id).map(toTurn)[0];
  }

  /** Returns the newest turn with this idempotency key, of the last {@link KEY_MS}. */
  byKey(key: string): TurnRow | undefined {
    const query = `${SELECT} t.idempotency_key = ? AND t.created_at > ? ORDER BY t.created_at DESC LIMIT 1`;
    return this.#db.rows<Row>(query, key, Date.now() - KEY_MS).map(toTurn)[0];
  }

  delete(id: string): void {
    this.#db.write("DELETE FROM turns WHERE id = ?", id);
  }

  clear(): void {
    this.#db.write("DELETE FROM turns");
  }
}

/** Stores the answer of the last turn. Call it inside a transaction. */
export function appendAnswer(messages: Messages, turns: TurnRows, turnId: string, finished: FinishedTurn): void {
  const now = Date.now();
  messages.append([answerOf(finished, now)], turnId);
  turns.finish(turnId, finished, now);
}

const columnsOf = ({ model, finishReason, usage }: FinishedTurn, finishedAt: number) => [
  model,
  finishReason,
  usage.promptTokens,
  usage.completionTokens,
  finishedAt,
];
