/** The list of conversations, by day, with a filter. It loads more when its end is reached. */
import { memo, useEffect, useRef, useState } from "hono/jsx/dom";
import { EditForm } from "./edit-form";
import { IconButton } from "./icons";
import { hashOf, newLocation } from "./page-location";
import { deleteSession, renameSession } from "./session-actions";
import type { ListedSession } from "./session-list";
import type { PageState } from "./state";
import { periodOf } from "./text-format";

const MAX_TITLE = 200;

interface EntryProps {
  page: PageState;
  session: ListedSession;
  current: boolean;
  canChange: boolean;
}

const Entry = memo(({ page, session, current, canChange }: EntryProps) => {
  const [renaming, setRenaming] = useState(false);
  const entry = useRef<HTMLLIElement>(null);
  const { sessionId } = session;
  const title = session.title ?? "Untitled";
  const end = (text: string | null) => {
    setRenaming(false);
    if (text !== null) void renameSession(page, sessionId, text);
    // The link is in the page after the next render.
    setTimeout(() => entry.current?.querySelector("a")?.focus());
  };
  const remove = () => {
    const next = entry.current?.nextElementSibling ?? entry.current?.previousElementSibling;
    deleteSession(page, sessionId);
    (next?.querySelector("a") ?? document.querySelector<HTMLElement>(".new"))?.focus();
  };
  return (
    <li ref={entry}>
      {renaming ? (
        <EditForm label="Title" value={title} maxLength={MAX_TITLE} onEnd={end} />
      ) : (
        <>
          <a href={hashOf({ sessionId })} aria-current={current ? "page" : undefined} dir="auto">
            {title}
          </a>
          {canChange && (
            <>
              <IconButton icon="edit" label={`Rename ${title}`} onClick={() => setRenaming(true)} />
              <IconButton icon="delete" label={`Delete ${title}`} onClick={remove} />
            </>
          )}
        </>
      )}
    </li>
  );
});

/** Calls a function while its element is near the view. */
function EndOfList({ onReached }: { onReached: () => void }) {
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) onReached();
      },
      { rootMargin: "400px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  });
  return (
    <p ref={end} class="quiet">
      Loading…
    </p>
  );
}

interface SidebarProps {
  page: PageState;
  sessions: readonly ListedSession[];
  hasMore: boolean;
  currentId: string;
  /** The number of pending deletions: it changes when one begins, ends or is undone. */
  pending: number;
  /** Whether the token may rename and delete conversations. */
  canChange: boolean;
  open: boolean;
}

export const Sidebar = memo(({ page, sessions, hasMore, currentId, canChange, open }: SidebarProps) => {
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = sessions.filter(
    ({ sessionId, title }) =>
      !page.pendingDeletes.has(sessionId) && (title ?? "Untitled").toLowerCase().includes(wanted),
  );
  const periods = Map.groupBy(shown, ({ lastAt }) => periodOf(lastAt));
  const onInput = (event: Event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    setFilter(event.target.value);
    if (event.target.value !== "" && hasMore) void page.loadSessions(true);
  };
  return (
    <nav class={`sidebar${open ? " open" : ""}`} id="sidebar" aria-label="Conversations">
      <button type="button" class="new" onClick={() => page.go(newLocation())}>
        New conversation
      </button>
      {(sessions.length > 5 || filter !== "") && (
        <input
          type="search"
          class="filter"
          aria-label="Filter conversations"
          placeholder="Filter"
          value={filter}
          dir="auto"
          onInput={onInput}
        />
      )}
      {[...periods].map(([period, some]) => (
        <section key={period}>
          <h3>{period}</h3>
          <ul>
            {some.map((session) => (
              <Entry
                key={session.sessionId}
                page={page}
                session={session}
                current={session.sessionId === currentId}
                canChange={canChange}
              />
            ))}
          </ul>
        </section>
      ))}
      {wanted !== "" && shown.length === 0 && <p class="quiet">No conversation has this title.</p>}
      {hasMore && <EndOfList onReached={() => void page.loadSessions(false)} />}
    </nav>
  );
});
