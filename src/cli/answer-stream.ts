/** Streams answers to the terminal. */
import { type Answer, AskError, type ConnectionOptions, type StreamEvent } from "llamory/client";
import { RefusedError } from "../importing/stored-messages";
import { DEFAULT_SESSION, type Options } from "./options";
import { serverFetch } from "./server-fetch";
import { writeText } from "./terminal-text";

/** Returns the options of a stream that survives lost connections. */
export const connectionOf = ({ token }: Options, signal: AbortSignal): ConnectionOptions => ({
  token,
  signal,
  retries: 8,
  onRetry: (attempt) => process.stderr.write(attempt === 1 ? "\n(The connection was lost. Reconnecting.)\n" : ""),
});

/**
 * Writes the text of an answer as it comes.
 * @param onStart called with the id of the turn
 * @throws {RefusedError} if the question is refused, or the answer fails
 */
export async function writeAnswer(
  events: AsyncIterable<StreamEvent>,
  onStart: (turnId: string) => void = () => {},
): Promise<Answer | undefined> {
  try {
    for await (const event of events) {
      switch (event.event) {
        case "start":
          onStart(event.data.turnId);
          break;
        case "delta":
          writeText(event.data.text);
          break;
        case "done":
          process.stdout.write("\n");
          return event.data;
        case "error":
          process.stdout.write("\n");
          throw new RefusedError(event.data.status, event.data);
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof AskError) throw new RefusedError(error.problem.status, error.problem);
    throw error;
  }
}

/** Ends a turn of the session, and keeps its text. */
export async function cancelTurn(options: Options, turnId: string): Promise<void> {
  const { session = DEFAULT_SESSION } = options;
  try {
    await serverFetch(options, `/sessions/${encodeURIComponent(session)}/turns/${turnId}/cancel`, "POST");
  } catch {
    process.stderr.write("llamory: The server cannot be reached. The answer may be completed there.\n");
  }
}
