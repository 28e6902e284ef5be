/** `llamory import FILE` for what `llamory export` wrote: a session or a user. */

import type { Source } from "../converters/source-files";
import { textOfFile } from "../converters/text-of-file";
import {
  countsOf,
  type ImportedUser,
  importPages,
  linesOfText,
  type OwnKind,
  ownKindOf,
} from "../importing/own-export";
import { refusalOf } from "../importing/stored-messages";
import { CliError, EXIT, type ExitCode } from "./cli-error";
import { countText } from "./count-text";
import type { Options } from "./options";
import { serverFetch } from "./server-fetch";
import { writeText } from "./terminal-text";

const textOf = async function* (source: Source): AsyncGenerator<string> {
  for await (const { chunks } of source.files(() => true)) yield* textOfFile(chunks);
};

/** Returns the kind of an export of Llamory; undefined for any other source. */
export async function ownKindIn(source: Source): Promise<OwnKind | undefined> {
  if (source.paths.length !== 1) return undefined;
  for await (const start of textOf(source)) return ownKindOf(start);
  return undefined;
}

export function importOwn(options: Options, source: Source, kind: OwnKind, signal: AbortSignal): Promise<ExitCode> {
  return (kind === "user" ? importUser : importSession)(options, source, signal);
}

async function send(options: Options, path: string, body: Blob, signal: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/x-ndjson" };
  const response = await serverFetch(options, path, "POST", { headers, body, signal });
  if (response.status !== 201) throw await refusalOf(response);
  return response;
}

/** Imports a session as a new one: `--session` names it. */
async function importSession(options: Options, source: Source, signal: AbortSignal): Promise<ExitCode> {
  const { session = crypto.randomUUID(), user, learn, "dry-run": dryRun = false } = options;
  const lines: string[] = [];
  for await (const line of linesOfText(textOf(source))) lines.push(`${line}\n`);
  let messages = messagesOf(lines.at(-1));
  if (!dryRun) {
    const query = new URLSearchParams({ ...(user !== undefined && { userId: user }), ...(learn && { learn: "true" }) });
    const path = `/sessions/${encodeURIComponent(session)}/import?${query}`;
    const response = await send(options, path, new Blob(lines), signal);
    ({ messages } = await response.json());
  }
  const text = `${dryRun ? "Would import" : "Imported"} session ${session} with ${countText(messages, "message")}.`;
  writeText(`${options.json ? JSON.stringify({ dryRun, sessionId: session, messages }) : text}\n`);
  return EXIT.ok;
}

/** Returns the number of messages in the last line of a session's export. @throws {CliError} if it is another line */
function messagesOf(line = ""): number {
  const number = /^\s*\{\s*"end"\s*:\s*\{\s*"messages"\s*:\s*(\d+)/.exec(line)?.[1];
  if (number === undefined) throw new CliError("The export is cut off. Export again.");
  return Number(number);
}

/** Imports a user into `--user`, together with what this user has. */
async function importUser(options: Options, source: Source, signal: AbortSignal): Promise<ExitCode> {
  const { user, learn, session, "dry-run": dryRun = false } = options;
  if (user === undefined || user === "")
    throw new CliError("This is the export of a user: name the user to import it into with --user ID.");
  if (session !== undefined) throw new CliError("This is the export of a user: it names its sessions. Omit --session.");
  if (learn) throw new CliError("This is the export of a user: it contains the facts. Omit --learn.");
  const counts = await countsOf(textOf(source));
  let imported: ImportedUser = { sessions: [], facts: counts.facts };
  if (!dryRun) {
    const path = `/users/${encodeURIComponent(user)}/import`;
    imported = await importPages(textOf(source), async (lines) => (await send(options, path, lines, signal)).json());
  }
  const { sessions, facts } = imported;
  const renamed = sessions.filter(({ from, to }) => from !== to);
  const text = [
    `${dryRun ? "Would import" : "Imported"} ${countText(counts.sessions, "session")} and ${countText(facts, "fact")} of user ${user}.`,
    ...(renamed.length > 0 ? ["New ids, because theirs were in use:"] : []),
    ...renamed.map(({ from, to }) => `  ${from} → ${to}`),
  ];
  writeText(
    `${options.json ? JSON.stringify({ dryRun, conversations: counts.sessions, ...imported }) : text.join("\n")}\n`,
  );
  return EXIT.ok;
}
