/** Searches this conversation, or all conversations of the user. */
import { useState } from "hono/jsx/dom";
import type { Recalled } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { failureOf } from "./failure-text";
import { MessageLinks } from "./message-links";
import type { PageState } from "./state";
import { dayText, excerptText } from "./text-format";

/** Results that are requested first, and at most. */
const FIRST = 20;
const MAX_RESULTS = 100;

interface Results {
  q: string;
  everywhere: boolean;
  limit: number;
  found: Recalled[];
  /** Titles by session id. */
  titles: Map<string, string>;
}

/** Returns the titles of the sessions that were found: from the list, else from the server. */
async function titlesOf(page: PageState, found: Recalled[]): Promise<Map<string, string>> {
  const listed = new Map(page.list?.sessions.map(({ sessionId, title }) => [sessionId, title]));
  const ids = [...new Set(found.map(({ sessionId }) => sessionId))];
  const titles = ids.map(async (id): Promise<[string, string]> => {
    const title = listed.get(id) ?? (await page.api.session(id).catch(() => ({ title: null }))).title;
    return [id, title ?? "Untitled"];
  });
  return new Map(await Promise.all(titles));
}

export function SearchDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const [results, setResults] = useState<Results | null>(null);
  const [failure, setFailure] = useState("");
  const { userId } = page;

  const search = async (q: string, everywhere: boolean, limit: number) => {
    setFailure("");
    try {
      const found =
        everywhere && userId !== undefined
          ? (await page.api.searchUser(userId, q, limit)).data
          : await page.api.search(page.location.sessionId, q, limit);
      setResults({ q, everywhere, limit, found, titles: await titlesOf(page, found) });
    } catch (error) {
      setFailure(failureOf(error).text);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const q = fieldOf(event, "q");
    if (q !== "") void search(q, fieldOf(event, "all") !== "", FIRST);
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <form class="row" onSubmit={submit}>
        <input type="search" name="q" aria-label="Search text" dir="auto" autofocus required data-max={1000} />
        <button type="submit">Search</button>
        {userId !== undefined && (
          <label class="check">
            <input type="checkbox" name="all" value="all" checked /> in all conversations of {userId}
          </label>
        )}
      </form>
      {userId === undefined && (
        <p class="quiet">Searches this conversation. Sign in with a name to search all of yours.</p>
      )}
      {failure && <p role="alert">{failure}</p>}
      {results && <SearchResults page={page} results={results} search={search} onClose={onClose} />}
    </Dialog>
  );
}

interface SearchResultsProps {
  page: PageState;
  results: Results;
  search: (q: string, everywhere: boolean, limit: number) => Promise<void>;
  onClose: () => void;
}

function SearchResults({ page, results, search, onClose }: SearchResultsProps) {
  const { q, everywhere, limit, found, titles } = results;
  const where = everywhere ? "in all conversations" : "in this conversation";
  const mayHaveMore = found.length === limit && limit < MAX_RESULTS;
  return (
    <>
      <p class="quiet" role="status">
        {found.length === 0 ? `No messages found ${where}.` : `${found.length} found, best first, ${where}.`}
      </p>
      <MessageLinks
        links={found.map(({ sessionId, seq, content, from, to, name, role, createdAt }) => ({
          sessionId,
          seq,
          content: excerptText(content, { from, to }),
          about: `${sessionId === page.location.sessionId ? "This conversation" : titles.get(sessionId)} · ${name ?? role}, ${dayText(createdAt)} · message ${seq}`,
        }))}
        onGo={onClose}
      />
      {mayHaveMore && (
        <button type="button" class="link" onClick={() => void search(q, everywhere, MAX_RESULTS)}>
          Show further results
        </button>
      )}
    </>
  );
}
