/** `llamory sessions` and `llamory facts`. */
import { refusalOf } from "../importing/stored-messages";
import { CliError, EXIT, type ExitCode } from "./cli-error";
import { clientOf, noMoreThan, type Options, required } from "./options";
import { serverFetch } from "./server-fetch";
import { writeText } from "./terminal-text";

/** The most pages of a list. */
const MAX_PAGES = 10_000;

interface Listed {
  sessionId: string;
  title: string | null;
  messages: number;
  lastAt: string | null;
}

interface ListPage {
  data: Listed[];
  nextCursor: string | null;
}

/** Lists the sessions of a user, or of all users if the server has such a list. */
export async function sessionsCommand(options: Options): Promise<ExitCode> {
  noMoreThan(options, 1);
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, nextCursor } = await sessionsPage(options, cursor);
    for (const session of data) {
      const { sessionId, title, messages, lastAt } = session;
      const line = `${lastAt?.slice(0, 10) ?? ""}\t${sessionId}\t${messages}\t${title ?? ""}`;
      writeText(`${options.json ? JSON.stringify(session) : line}\n`);
    }
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return EXIT.ok;
}

async function sessionsPage(options: Options, cursor: string | undefined): Promise<ListPage> {
  const { user } = options;
  const path = user === undefined ? "/sessions" : `/users/${encodeURIComponent(user)}/sessions`;
  const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
  const response = await serverFetch(options, path + query);
  if (response.ok) return response.json();
  const refusal = await refusalOf(response);
  if (user !== undefined || ![404, 405].includes(response.status)) throw refusal;
  throw new CliError("This server does not list all sessions. Name a user with --user ID.", EXIT.refused);
}

/** Lists the facts about a user. */
export async function factsCommand(options: Options): Promise<ExitCode> {
  noMoreThan(options, 1);
  const userId = required(options, "user");
  const response = await clientOf(options).users[":userId"].facts.$get({
    param: { userId: encodeURIComponent(userId) },
  });
  if (response.status !== 200) throw await refusalOf(response);
  const { data } = await response.json();
  for (const fact of data) writeText(`${options.json ? JSON.stringify(fact) : `${fact.id}\t${fact.text}`}\n`);
  return EXIT.ok;
}
