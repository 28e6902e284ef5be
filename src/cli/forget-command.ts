/** `llamory forget`. */
import { createInterface } from "node:readline/promises";
import { refusalOf } from "../importing/stored-messages";
import { CliError, EXIT, type ExitCode } from "./cli-error";
import { countText } from "./count-text";
import { clientOf, noMoreThan, type Options, required } from "./options";

/** Deletes a session, a user or a fact. A deletion may be repeated, so that a lost connection is no problem. */
export async function forgetCommand(options: Options): Promise<ExitCode> {
  noMoreThan(options, 1);
  const { session: sessionId, user: userId, fact: factId } = options;
  const client = clientOf(options);
  if (factId !== undefined) {
    const param = { userId: encodeURIComponent(required(options, "user")), factId: encodeURIComponent(factId) };
    await confirm(options, `fact ${factId}`);
    const response = await client.users[":userId"].facts[":factId"].$delete({ param });
    if (response.status !== 200) throw await refusalOf(response);
    print(options, await response.json(), `Deleted fact ${factId}.`);
    return EXIT.ok;
  }
  if ((sessionId === undefined) === (userId === undefined))
    throw new CliError("Name what to delete: --session ID, --user ID, or --user ID --fact ID.");
  if (sessionId !== undefined) {
    await confirm(options, `session ${sessionId}`);
    const response = await client.sessions[":sessionId"].$delete({
      param: { sessionId: encodeURIComponent(sessionId) },
    });
    if (response.status !== 200) throw await refusalOf(response);
    const body = await response.json();
    print(options, body, `Deleted session ${sessionId} with ${countText(body.deleted, "message")}.`);
  } else if (userId !== undefined) {
    await confirm(options, `user ${userId} with all sessions and facts`);
    const response = await client.users[":userId"].$delete({ param: { userId: encodeURIComponent(userId) } });
    if (response.status !== 200) throw await refusalOf(response);
    const body = await response.json();
    const all = `${countText(body.sessions, "session")} and ${countText(body.facts, "fact")}`;
    print(options, body, `Deleted user ${userId} with ${all}.`);
  }
  return EXIT.ok;
}

const print = ({ json }: Options, body: object, text: string) =>
  process.stdout.write(`${json ? JSON.stringify(body) : text}\n`);

/** Asks before a deletion. @throws {CliError} if the person says no, or there is no terminal to ask on */
async function confirm({ yes }: Options, what: string): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new CliError("Confirm the deletion with --yes.");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`Delete ${what} for good? [y/N] `);
  lines.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliError("Nothing was deleted.", EXIT.ok);
}
