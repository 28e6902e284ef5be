/** Imports the history of another product. Loaded when a file is chosen. */
import { createClient } from "llamory/client";
import { blobSource } from "../converters/byte-source";
import { convert } from "../converters/convert";
import { ConvertError } from "../converters/converted";
import { sourceOf } from "../converters/source-files";
import { type Imported, importAll } from "../importing/import-conversation";
import { retryingFetch } from "../importing/retrying-fetch";
import { RefusedError } from "../importing/stored-messages";
import type { PageState } from "./state";

/** The counts of an import. */
export interface ImportCounts {
  conversations: number;
  messages: number;
  /** How much of the file is read, from 0 to 1. */
  share: number;
  /** Conversations that the server refused, or whose sessions contain other messages. */
  problems: string[];
  /** The first conversation. */
  first: string | undefined;
}

/** The problems that are listed. */
const MAX_PROBLEMS = 10;

/**
 * Imports a file as the user of the page, and adds its conversations to the list.
 * @throws an error whose message is one sentence for the user
 */
export async function importFile(
  page: PageState,
  file: File,
  {
    me,
    signal,
    onProgress,
  }: { me: string | undefined; signal: AbortSignal; onProgress: (counts: ImportCounts) => void },
): Promise<ImportCounts> {
  const progress = { read: 0, size: 0 };
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const client = createClient(location.origin, { token: page.credentials.token, fetch: retryingFetch({ signal }) });
  const counts: ImportCounts = { conversations: 0, messages: 0, share: 0, problems: [], first: undefined };
  try {
    const source = await sourceOf(blobSource(file, file.name));
    const conversations = convert(source, { timeZone, me, progress });
    for await (const { conversation, imported } of importAll(client, conversations, { userId: page.userId })) {
      count(counts, imported);
      counts.share = progress.size === 0 ? 0 : progress.read / progress.size;
      if (["new", "grown", "unchanged"].includes(imported.state)) {
        const { sessionId, title = null, messages } = conversation;
        const lastAt = new Date(messages.at(-1)?.createdAt ?? Date.now()).toISOString();
        page.list?.add({ sessionId, title, lastAt });
      }
      signal.throwIfAborted();
      onProgress({ ...counts });
    }
    return { ...counts, share: 1 };
  } catch (error) {
    if (error instanceof ConvertError || error instanceof RefusedError || signal.aborted) throw error;
    throw new Error("The server cannot be reached. Import the file again to continue.", { cause: error });
  }
}

function count(counts: ImportCounts, { state, stored, refused, sessionId, title }: Imported): void {
  counts.conversations += 1;
  counts.messages += stored;
  if (state === "new" || state === "grown" || state === "unchanged") counts.first ??= sessionId;
  const why = state === "other" ? "its session contains other messages" : refused.at(-1);
  if (why !== undefined && counts.problems.length < MAX_PROBLEMS) counts.problems.push(`${title ?? sessionId}: ${why}`);
}
