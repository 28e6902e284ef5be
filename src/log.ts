/** Writes the log: a line of JSON per event, with ids, codes, counts and times; no text of a conversation, no token. */

/** @param event its name in snake_case, to filter by */
export function log(level: "info" | "warn" | "error", event: string, fields: Record<string, unknown>): void {
  console[level](JSON.stringify({ event, ...fields }));
}

/** Returns the fields of an unexpected error. The stack shows its place in the code. */
export const errorFields = (error: unknown) => ({
  error: String(error),
  ...(error instanceof Error && { stack: error.stack }),
});
