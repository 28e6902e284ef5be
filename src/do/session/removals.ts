/** Removes turns and messages from the transcript of a session. Their rows stay, without content. */
import { failed, ok, type Result } from "../../turn/result";
import type { Message } from "../../turn/types";
import type { Messages } from "../memory/messages";
import type { VectorRows } from "../memory/vector-rows";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import { lastKept, type SentAgain } from "./alignment";
import { MOST_OF_TURN } from "./entries";
import type { Listing } from "./listing";
import { appendAnswer, type TurnRow, type TurnRows } from "./turn-rows";

/** The key of {@link Replaced} in the table of single values. */
export const REPLACED = "replaced";

/** Messages that are hidden until a turn ends. */
interface Replaced {
  /** The id of that turn. */
  by: string;
  messages: Pick<Message, "seq" | "role" | "status">[];
}

export class Removals {
  readonly #db: Database;
  readonly #messages: Messages;
  readonly #turns: TurnRows;
  readonly #vectors: VectorRows;
  readonly #listing: Listing;

  constructor(db: Database, messages: Messages, turns: TurnRows, vectors: VectorRows, listing: Listing) {
    this.#db = db;
    this.#messages = messages;
    this.#turns = turns;
    this.#vectors = vectors;
    this.#listing = listing;
  }

  /** Returns the messages of a stored turn, oldest first. */
  messagesOf(turnId: string): Message[] {
    const turn = this.#turns.get(turnId);
    if (!turn) return [];
    const near = this.#messages.between(turn.answerSeq - MOST_OF_TURN, turn.answerSeq, MOST_OF_TURN);
    return near.filter((message) => message.turnId === turnId).toArray();
  }

  /** Returns the first `seq` of a turn that has ended. */
  startOf(turnId: string | undefined): number | undefined {
    return turnId === undefined ? undefined : this.messagesOf(turnId)[0]?.seq;
  }

  /** Returns the messages of the last turn; `not_the_last_turn` for another one, `turn_not_found` for an unknown one. */
  lastTurn(turnId: string): Result<Message[]> {
    const [newest] = this.#messages.page(undefined, 1);
    if (newest?.turnId === turnId) return ok(this.messagesOf(turnId));
    return failed({ reason: this.#turns.get(turnId) ? "not_the_last_turn" : "turn_not_found" });
  }

  /** Returns the turns and messages that a client's history does not contain any more. */
  edited(history: SentAgain[], question: string): Message[] {
    const { last } = this.#messages.end();
    const kept = lastKept(this.#messages.backwards(last), history, question);
    if (kept === undefined) return [];
    const later = [...this.#messages.between(kept, last, last)];
    const [own] = this.#messages.shown([kept]);
    // The answer of a question that is kept stays too.
    return later.filter(({ turnId }) => turnId === undefined || turnId !== own?.turnId);
  }

  /** Hides the messages that a turn replaces, until {@link settle} is called. They survive the loss of the object. */
  hide(by: string, messages: Message[]): void {
    if (messages.length === 0) return;
    this.#messages.withdrawn.hide(messages);
    const replaced: Replaced = { by, messages: messages.map(({ seq, role, status }) => ({ seq, role, status })) };
    setMeta(this.#db, REPLACED, replaced);
  }

  /** Ends a lost turn. If it has no text, the turn that it replaces comes back. @returns the first `seq` that it removed */
  endLost(turn: TurnRow): number | undefined {
    const isEmpty = turn.answer === "" && metaOf<Replaced>(this.#db, REPLACED)?.by === turn.id;
    if (isEmpty) this.#deleteLast(turn.id);
    else appendAnswer(this.#messages, this.#turns, turn.id, { ...turn, status: "interrupted" });
    return this.settle(turn.id, !isEmpty);
  }

  /** Deletes the last turn, which has no answer. */
  #deleteLast(turnId: string): void {
    this.#messages.deleteLast(this.messagesOf(turnId).length);
    this.#turns.delete(turnId);
    this.#listing.mark(true);
  }

  /** Returns whether a running turn hides a message. */
  hides(seq: number): boolean {
    return metaOf<Replaced>(this.#db, REPLACED)?.messages.some((one) => one.seq === seq) === true;
  }

  /**
   * Deletes the messages that a turn replaces, or shows them again. Call it inside a transaction.
   * @returns the first `seq` that it deleted
   */
  settle(turnId: string, isReplaced: boolean): number | undefined {
    const replaced = metaOf<Replaced>(this.#db, REPLACED);
    if (replaced?.by !== turnId) return undefined;
    setMeta(this.#db, REPLACED, undefined);
    this.#messages.withdrawn.show(replaced.messages);
    const seqs = replaced.messages.map(({ seq }) => seq);
    if (!isReplaced) {
      // Vectors that were made meanwhile do not contain these messages.
      this.#emptyVectors(seqs);
      return undefined;
    }
    const last = seqs.at(-1) ?? 0;
    const near = this.#messages.between((seqs[0] ?? 1) - 1, last, last);
    this.remove(near.filter(({ seq }) => seqs.includes(seq)).toArray());
    return seqs[0];
  }

  /** Deletes messages, hidden ones too, and the turns that they belong to. Another turn may run meanwhile. */
  remove(messages: Message[]): void {
    // Without a message, a write would only bring the storage of a deleted session back.
    if (messages.length === 0) return;
    this.#db.transaction(() => {
      const replaced = metaOf<Replaced>(this.#db, REPLACED);
      if (replaced) {
        // If the turn fails, the hidden messages come back, but not those that were deleted meanwhile.
        const gone = new Set(messages.map(({ seq }) => seq));
        setMeta(this.#db, REPLACED, { ...replaced, messages: replaced.messages.filter(({ seq }) => !gone.has(seq)) });
      }
      this.#messages.withdrawn.add(messages);
      this.#listing.mark(true);
      this.#emptyVectors(messages.map(({ seq }) => seq));
      for (const turnId of new Set(messages.flatMap((message) => message.turnId ?? []))) this.#turns.delete(turnId);
    });
  }

  /** The vector of a message also contains the message before it. */
  #emptyVectors(seqs: number[]): void {
    this.#vectors.empty([...new Set(seqs.flatMap((seq) => [seq, seq + 1]))]);
  }
}
