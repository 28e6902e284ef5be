/** The shapes of a tenant's directory, and the methods of a tenant's object that sessions call. */

/** A session as the directory lists it. Times are milliseconds since 1970. */
export interface DirectorySession {
  sessionId: string;
  userId: string | null;
  title: string | null;
  messages: number;
  firstAt: number;
  lastAt: number;
}

/** A user as the directory lists it. */
export interface DirectoryUser {
  userId: string;
  sessions: number;
  lastAt: number;
}

/** An update of a session's entry. */
export interface DirectoryUpdate extends DirectorySession {
  /** A random id, which the session keeps until it is emptied. */
  start: string;
  /** Counts the updates since that start: an earlier one that arrives late is ignored. */
  version: number;
}

/** The last entry of the page before. */
export interface PageCursor {
  lastAt: number;
  id: string;
}

/** The methods of a tenant's object that sessions call: `tenant.ts` documents them. */
export interface TenantObject {
  list(update: DirectoryUpdate): PromiseLike<boolean>;
  unlist(sessionId: string, start: string): PromiseLike<boolean>;
}
