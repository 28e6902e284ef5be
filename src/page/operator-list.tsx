/** A list of the operator's view: sessions, all or of one user, or users. It has a filter and loads more at its end. */
import { useEffect, useState } from "hono/jsx/dom";
import { failureOf } from "./failure-text";
import { hashOf } from "./page-location";
import { saveExport } from "./save-file";
import type { PageState } from "./state";
import { countText, dayText } from "./text-format";

/** Pages that a filter loads, 100 entries each. */
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
  const more = async (pages: number) => {
    let all = list ?? { entries: [], nextCursor: null };
    for (let at = 0; at < pages && (at === 0 || all.nextCursor !== null); at += 1) {
      const { entries, nextCursor } = await read(props, all.nextCursor ?? undefined);
      all = { entries: [...all.entries, ...entries], nextCursor };
    }
    setList(all);
  };
  useEffect(() => void attempt(() => more(1)), []);
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
    if (list?.nextCursor) void attempt(() => more(MAX_PAGES));
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
        <button type="button" class="link" onClick={() => void attempt(() => more(1))}>
          Show more
        </button>
      )}
    </section>
  );
}
