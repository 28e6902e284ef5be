/** `llamory ask QUESTION`. */
import { type AskRequest, askStream } from "llamory/client";
import { refusalOf } from "../importing/stored-messages";
import { cancelTurn, connectionOf, writeAnswer } from "./answer-stream";
import { CliError, EXIT, type ExitCode } from "./cli-error";
import { clientOf, DEFAULT_SESSION, noMoreThan, type Options } from "./options";
import { serverFetch } from "./server-fetch";

/** The most characters that are read from stdin. The server allows fewer, and its error names the field. */
const MAX_QUESTION = 1_000_000;

export const askRequestOf = ({ session = DEFAULT_SESSION, user }: Options, question: string): AskRequest => ({
  sessionId: session,
  question,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  ...(user !== undefined && { userId: user }),
});

export async function askCommand(options: Options, signal: AbortSignal): Promise<ExitCode> {
  noMoreThan(options, 2);
  const question = options.positionals[1] ?? (await questionOnStdin());
  const request = askRequestOf(options, question);
  if (!options.json) {
    // A stream waits for a server that was lost. This fails at once if the server does not run.
    await serverFetch(options, "/health");
    let turnId: string | undefined;
    try {
      await writeAnswer(askStream(options.url, request, connectionOf(options, signal)), (id) => {
        turnId = id;
      });
    } catch (error) {
      // The turn would continue on the server, and the session's next question would wait for it.
      if (signal.aborted && turnId !== undefined) await cancelTurn(options, turnId);
      throw error;
    }
    return EXIT.ok;
  }
  const headers = { "idempotency-key": crypto.randomUUID() };
  const response = await clientOf(options, { signal }).ask.$post({ json: request }, { headers });
  if (response.status !== 200) throw await refusalOf(response);
  process.stdout.write(`${JSON.stringify(await response.json())}\n`);
  return EXIT.ok;
}

async function questionOnStdin(): Promise<string> {
  if (process.stdin.isTTY) throw new CliError("Write the question: llamory ask QUESTION.");
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.length > MAX_QUESTION) throw new CliError(`The question has more than ${MAX_QUESTION} characters.`);
  }
  if (text.trim() === "") throw new CliError("The question is empty.");
  return text.trim();
}
