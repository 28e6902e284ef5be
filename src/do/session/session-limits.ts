/** The largest size of a session. */
export interface SessionLimits {
  messages: number;
  /** Bytes of its database, indexes included. */
  bytes: number;
}

/** The size of a database is read once for so many messages: reading it takes as long as a write. */
const READ_EVERY = 16;
/** The most bytes that so many messages take, of 400,000 characters each. With less room, the size is always read. */
const ROOMY = 32_000_000;

/** The room that a session has left. */
export class Room {
  readonly #sql: SqlStorage;
  /** The last message when the size was read and much room was left; NaN if little was left. */
  #roomyAt = Number.NaN;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether so many messages fit after the last one. The last ones may exceed the bytes. */
  fits(last: number, count: number, { messages, bytes }: SessionLimits): boolean {
    if (last + count > messages) return false;
    if (last >= this.#roomyAt && last < this.#roomyAt + READ_EVERY) return true;
    const { databaseSize } = this.#sql;
    this.#roomyAt = databaseSize + ROOMY < bytes ? last : Number.NaN;
    return databaseSize < bytes;
  }
}
