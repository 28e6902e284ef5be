/** A list of the operator's view: sessions, all or of one user, or users. It has a filter and loads more at its end. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { failureOf } from "./failure-text";
import { hashOf } from "./page-location";
import { saveExport } from "./save-file";
import type { PageState } from "./state";
import { countText, dayText } from "./text-format";

/** The most pages that a filter reads, of 100 entries each. */
const MAX_PAGES = 100;

interface Entry {
  /** The id of the session or user. */
  id: string;
  title: string;
  about: string;
}

interface Page {
  entries: Entry[];
  nextCursor: string | null;
}

/** The state of reading the list. Only one request runs at a time. */
interface Progress {
  /** Pages that were read, and pages to read. */
  read: number;
  wanted: number;
  /** The cursor of the next page; null after the last. */
  cursor: string | null | undefined;
  reading: boolean;
  stopped: boolean;
}

interface OperatorListProps {
  page: PageState;
  view: "sessions" | "users";
  /** Lists the sessions of this user only. */
  userId?: string;
  onUser: (userId: string) => void;
  /** Called when a link leads out of the dialog. */
  onClose: () => void;
}

async function read({ page: { api }, view, userId }: OperatorListProps, cursor?: string): Promise<Page> {
  if (view === "users") {
    const { data, nextCursor } = await api.allUsers(cursor);
    const entries = data.map(({ userId, sessions, lastAt }) => ({
      id: userId,
      title: userId,
      about: `${countText(sessions, "conversation")} · ${dayText(lastAt)}`,
    }));
    return { entries, nextCursor };
  }
  const { data, nextCursor } = await (userId === undefined ? api.allSessions(cursor) : api.sessionsOf(userId, cursor));
  const entries = data.map((session) => ({
    id: session.sessionId,
    title: session.title ?? "Untitled",
    about: [
      "userId" in session && session.userId,
      countText(session.messages, "message"),
      dayText(session.lastAt),
      session.sessionId,
    ]
      .filter(Boolean)
      .join(" · "),
  }));
  return { entries, nextCursor };
}

export function OperatorList(props: OperatorListProps) {
  const { page, view, onUser, onClose } = props;
  const [list, setList] = useState<Page | null>(null);
  const [filter, setFilter] = useState("");
  const [failure, setFailure] = useState("");
  /** The entry whose deletion waits for a confirmation. */
  const [asking, setAsking] = useState("");
  const attempt = async (run: () => Promise<void>) => {
    setFailure("");
    await run().catch((error: unknown) => setFailure(failureOf(error).text));
  };
  const progress = useRef<Progress>({ read: 0, wanted: 0, cursor: undefined, reading: false, stopped: false });
  const readUntil = async (pages: number) => {
    const { current } = progress;
    if (!current) return;
    current.wanted = Math.max(current.wanted, pages);
    if (current.reading) return;
    current.reading = true;
    try {
      while (current.read < current.wanted && current.cursor !== null && !current.stopped) {
        const { entries, nextCursor } = await read(props, current.cursor);
        current.read += 1;
        current.cursor = nextCursor;
        // Entries may have been deleted in the meantime.
        setList((now) => ({ entries: [...(now?.entries ?? []), ...entries], nextCursor }));
      }
    } finally {
      current.wanted = current.read;
      current.reading = false;
    }
  };
  const readMore = () => void attempt(() => readUntil((progress.current?.read ?? 0) + 1));
  useEffect(() => {
    readMore();
    return () => {
      if (progress.current) progress.current.stopped = true;
    };
  }, []);
  const remove = async (id: string) => {
    await (view === "users" ? page.api.deleteUser(id) : page.api.remove(id));
    if (view === "sessions") page.list?.forget(id);
    setList((now) => now && { ...now, entries: now.entries.filter((entry) => entry.id !== id) });
    setAsking("");
    page.tabs.announce(page.location.sessionId);
    await page.refresh(page.location.sessionId);
  };
  const onFilter = ({ target }: Event) => {
    if (!(target instanceof HTMLInputElement)) return;
    setFilter(target.value);
    if (target.value.trim() !== "") void attempt(() => readUntil(MAX_PAGES));
  };
  const wanted = filter.trim().toLowerCase();
  const shown = list?.entries.filter(({ title, about }) => `${title} ${about}`.toLowerCase().includes(wanted)) ?? [];
  return (
    <section>
      <input
        type="search"
        class="filter"
        aria-label={view === "users" ? "Filter users" : "Filter by title, user or id"}
        placeholder={view === "users" ? "Filter users" : "Filter by title, user or id"}
        value={filter}
        dir="auto"
        onInput={onFilter}
      />
      {failure && <p role="alert">{failure}</p>}
      <p class="quiet" role="status">
        {list === null ? (failure ? "" : "Loading…") : `${countText(shown.length, "entry", "entries")}.`}
      </p>
      <ul class="operator-list">
        {shown.map(({ id, title, about }) => (
          <li key={id} class="row">
            <span class="grow" dir="auto">
              {view === "users" ? (
                <button type="button" class="link" onClick={() => onUser(id)}>
                  {title}
                </button>
              ) : (
                <a href={hashOf({ sessionId: id })} onClick={onClose}>
                  {title}
                </a>
              )}{" "}
              <span class="quiet">{about}</span>
            </span>
            {view === "sessions" && (
              <button
                type="button"
                aria-label={`Export ${title}`}
                onClick={() => void attempt(() => saveExport(page, id))}
              >
                Export
              </button>
            )}
            {asking === id ? (
              <>
                <button type="button" class="alarm" onClick={() => void attempt(() => remove(id))}>
                  Delete for good
                </button>
                <button type="button" onClick={() => setAsking("")}>
                  Keep
                </button>
              </>
            ) : (
              <button type="button" aria-label={`Delete ${title}`} onClick={() => setAsking(id)}>
                Delete
              </button>
            )}
          </li>
        ))}
      </ul>
      {list !== null && list.nextCursor !== null && (
        <button type="button" class="link" onClick={readMore}>
          Show more
        </button>
      )}
    </section>
  );
}
