/** `llamory export`. */
import { once } from "node:events";
import { refusalOf } from "../importing/stored-messages";
import { CliError, EXIT, type ExitCode } from "./cli-error";
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
    const last = await write(options, `/users/${encodeURIComponent(options.user)}/export${query}`);
    cursor = cursorOf(last);
    if (cursor === undefined) break;
  }
  return EXIT.ok;
}

/** Writes the lines of a response. @returns the last one */
async function write(options: Options, path: string): Promise<string> {
  const response = await serverFetch(options, path);
  if (!response.ok || !response.body) throw await refusalOf(response);
  let last = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const text = decoder.decode(chunk, { stream: true });
    last = (last + text).trimEnd().split("\n").at(-1) ?? "";
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  }
  return last;
}

/** Returns the cursor of the next page, which the last line of a user's page may have. */
function cursorOf(line: string): string | undefined {
  try {
    const { end }: { end?: { nextCursor?: string | null } } = JSON.parse(line);
    return end?.nextCursor ?? undefined;
  } catch {
    return undefined;
  }
}
