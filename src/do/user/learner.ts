/** The model that learns facts about a user, and its calls of today for appended messages. */
import { secondsToMidnight } from "../../llm/errors";
import { todayInUtc } from "../../turn/dates";
import type { Database } from "../sqlite/database";
import { metaOf, setMeta } from "../sqlite/meta";
import type { Extraction } from "./extraction";

/** Call the methods that write inside a transaction. */
export class Learner {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The model that extracted facts last: turns to learn from again are read by it. */
  get extraction(): Extraction | undefined {
    return metaOf(this.#db, "learner");
  }

  /** Stores the model if it changed. */
  setExtraction(extraction: Extraction): void {
    if (JSON.stringify(this.extraction) !== JSON.stringify(extraction)) setMeta(this.#db, "learner", extraction);
  }

  /** The number of today's calls for appended messages. */
  get importCalls(): number {
    const counted = metaOf<{ day: string; calls: number }>(this.#db, "import_calls");
    return counted?.day === todayInUtc() ? counted.calls : 0;
  }

  countImportCall(): void {
    setMeta(this.#db, "import_calls", { day: todayInUtc(), calls: this.importCalls + 1 });
  }

  /** The start of tomorrow, in milliseconds since 1970. A day begins at 00:00 UTC. */
  get tomorrow(): number {
    return Date.now() + 1_000 * secondsToMidnight(Date.now());
  }
}
