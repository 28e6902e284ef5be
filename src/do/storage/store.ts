/** What is durable of a session, and the transactions that change it: each leaves whole turns behind, in order. */
import { type FinishedTurn, type NewMessage, NOTHING_YET, type Remembered, type TurnIdentity } from "../../turn/types";
import { adoptable, HISTORY_KEY } from "./first-version";
import { Messages } from "./messages";
import { migrate } from "./migrations";
import { Turns } from "./turn-rows";

export class Store {
  readonly #storage: DurableObjectStorage;
  readonly messages: Messages;
  readonly turns: Turns;
  /** Changes when the session is emptied, so that a turn from before is told from one after. */
  generation = "";

  /** Opens the storage: brings it to the newest schema, adopts a first version's history, ends a lost turn. */
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.messages = new Messages(storage.sql);
    this.turns = new Turns(storage.sql);
    migrate(storage);
    storage.transactionSync(() => {
      this.generation = this.#readGeneration() ?? this.#newGeneration();
      const history = storage.kv.get(HISTORY_KEY);
      if (history !== undefined) {
        this.messages.append(adoptable(history));
        storage.kv.delete(HISTORY_KEY);
      }
      // A running turn is the last message's: nothing is written behind a question before its answer.
      const last = this.messages.newest(1)[0];
      if (last?.turnId && last.status === "running") this.finish(last.turnId, NOTHING_YET);
    });
  }

  append(messages: NewMessage[]): { firstSeq: number; lastSeq: number } {
    return this.#storage.transactionSync(() => this.messages.append(messages));
  }

  /** Question and answer at once. */
  remember(identity: TurnIdentity, finished: FinishedTurn): Remembered {
    return this.#storage.transactionSync(() => {
      if (identity.generation !== this.generation) return "gone";
      const known = this.turns.get(identity.id);
      if (known?.status === "interrupted") this.#mend(known.id, known.questionSeq + 1, finished);
      if (known) return known.status === "cancelled" ? "gone" : "remembered";
      const { question, createdAt, id } = identity;
      const { firstSeq } = this.messages.append(
        [
          { role: "user", content: question, createdAt },
          { role: "assistant", content: finished.answer },
        ],
        id,
      );
      this.turns.insert(identity, firstSeq, finished);
      return "remembered";
    });
  }

  /** The question alone; the answer follows, by {@link finish}, or the question goes, by {@link withdraw}. */
  accept(identity: TurnIdentity): number {
    return this.#storage.transactionSync(() => {
      const { question, createdAt, id } = identity;
      const { firstSeq } = this.messages.append([{ role: "user", content: question, createdAt }], id);
      this.turns.insert(identity, firstSeq);
      return firstSeq;
    });
  }

  finish(turnId: string, finished: FinishedTurn): void {
    this.#storage.transactionSync(() => {
      this.messages.append([{ role: "assistant", content: finished.answer }], turnId);
      this.turns.finish(turnId, finished);
    });
  }

  withdraw(turnId: string, questionSeq: number): void {
    this.#storage.transactionSync(() => {
      this.messages.deleteLast(questionSeq);
      this.turns.delete(turnId);
    });
  }

  /** Empties the session. */
  clear(): { deleted: number } {
    return this.#storage.transactionSync(() => {
      this.generation = this.#newGeneration();
      this.turns.clear();
      return this.messages.clear();
    });
  }

  /** The whole answer in the place of what was thought to be all of it. */
  #mend(turnId: string, answerSeq: number, finished: FinishedTurn): void {
    this.messages.replace(answerSeq, finished.answer);
    this.turns.finish(turnId, finished);
  }

  #readGeneration(): string | undefined {
    const query = "SELECT value FROM meta WHERE key = 'generation'";
    return this.#storage.sql.exec<{ value: string }>(query).toArray()[0]?.value;
  }

  #newGeneration(): string {
    const generation = crypto.randomUUID();
    this.#storage.sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('generation', ?)", generation);
    return generation;
  }
}
