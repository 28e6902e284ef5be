/** The list of conversations. */
import { useState } from "hono/jsx/dom";
import { fieldOf } from "./dialog";
import { IconButton } from "./icon-button";
import { hashOf, newLocation } from "./page-location";
import type { ListedSession } from "./session-list";
import type { PageState } from "./state";

function Entry({ page, session }: { page: PageState; session: ListedSession }) {
  const [renaming, setRenaming] = useState(false);
  const { sessionId } = session;
  const title = session.title ?? "Untitled";
  const rename = (event: Event) => {
    event.preventDefault();
    const entered = fieldOf(event, "title");
    setRenaming(false);
    if (entered !== "" && entered !== session.title) void page.rename(sessionId, entered);
  };
  if (renaming) {
    return (
      <li>
        <form class="rename" onSubmit={rename}>
          <input
            name="title"
            aria-label="Title"
            value={title}
            maxlength={200}
            autofocus
            onKeyDown={(event: KeyboardEvent) => event.key === "Escape" && setRenaming(false)}
          />
          <button type="submit">Save</button>
        </form>
      </li>
    );
  }
  return (
    <li>
      <a href={hashOf({ sessionId })} aria-current={sessionId === page.location.sessionId ? "page" : undefined}>
        {title}
      </a>
      <IconButton sign="✎" label={`Rename ${title}`} onClick={() => setRenaming(true)} />
      <IconButton sign="✕" label={`Delete ${title}`} onClick={() => page.remove(sessionId)} />
    </li>
  );
}

export function Sidebar({ page, open }: { page: PageState; open: boolean }) {
  const shown = page.sessions.filter(({ sessionId }) => !page.isPendingDelete(sessionId));
  return (
    <nav class={`sidebar${open ? " open" : ""}`} id="sidebar" aria-label="Conversations">
      <button type="button" class="new" onClick={() => page.go(newLocation())}>
        New conversation
      </button>
      <ul>
        {shown.map((session) => (
          <Entry key={session.sessionId} page={page} session={session} />
        ))}
      </ul>
      {page.moreSessions !== null && (
        <button type="button" class="link" onClick={() => void page.loadMoreSessions()}>
          Show more
        </button>
      )}
    </nav>
  );
}
