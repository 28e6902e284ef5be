/** The largest size of a session. */
export interface SessionLimits {
  messages: number;
  /** Bytes of its database, indexes included. */
  bytes: number;
}
