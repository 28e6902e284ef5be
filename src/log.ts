/** What the Worker tells its operator, a line of JSON each: ids, codes, counts and times. Never what was said, nor a token. */

/** @param event what happened, in snake_case: the words to filter by */
export function log(level: "info" | "warn" | "error", event: string, fields: Record<string, unknown>): void {
  console[level](JSON.stringify({ event, ...fields }));
}

/** An error that was not expected: where it was thrown is what an operator needs. */
export const errorFields = (error: unknown) => ({
  error: String(error),
  ...(error instanceof Error && { stack: error.stack }),
});
