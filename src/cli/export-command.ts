/** `llamory export`. */
import { once } from "node:events";
import { linesOfText } from "../importing/own-export";
import { refusalOf } from "../importing/stored-messages";
import { CliError, EXIT, type ExitCode, notLlamory } from "./cli-error";
import { noMoreThan, type Options, required } from "./options";
import { serverFetch } from "./server-fetch";

/** The most pages of a user's export. */
const MAX_PAGES = 10_000;

/** Writes a session or a user to stdout, as lines of JSON. */
export async function exportCommand(options: Options): Promise<ExitCode> {
  noMoreThan(options, 1);
  if (options.session !== undefined && options.user !== undefined)
    throw new CliError("Export either a session or a user: name --session or --user.");
  if (options.user === undefined) {
    await write(options, `/sessions/${encodeURIComponent(required(options, "session"))}/export`);
    return EXIT.ok;
  }
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const end = await write(options, `/users/${encodeURIComponent(options.user)}/export${query}`);
    cursor = end.nextCursor ?? undefined;
    if (cursor === undefined) break;
  }
  return EXIT.ok;
}

/** The last line of an export. */
interface End {
  /** The next page of a user's export. */
  nextCursor?: string | null;
}

/** Writes the lines of a response. @returns the last one @throws {CliError} if they are no complete export */
async function write(options: Options, path: string): Promise<End> {
  const response = await serverFetch(options, path);
  if (!response.ok || !response.body) throw await refusalOf(response);
  // A proxy may answer with a page to sign in, which must not pass for a backup.
  if (!response.headers.get("content-type")?.includes("ndjson")) throw notLlamory(options);
  let last = "";
  for await (const line of linesOfText(response.body.pipeThrough(new TextDecoderStream()))) {
    last = line;
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
  }
  const end = endOf(last);
  if (!end) throw new CliError("The export is cut off. Export again.", EXIT.refused);
  return end;
}

function endOf(line: string): End | undefined {
  try {
    const { end }: { end?: End } = JSON.parse(line);
    return end;
  } catch {
    return undefined;
  }
}
