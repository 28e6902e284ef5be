/** The conversations at the side. */
import { useState } from "hono/jsx/dom";
import { fieldOf } from "./dialog";
import { IconButton } from "./icon-button";
import type { Known } from "./known-sessions";
import { freshSpot, hashOf } from "./place";
import type { PageState } from "./state";

function Entry({ page, known }: { page: PageState; known: Known }) {
  const [renaming, setRenaming] = useState(false);
  const { sessionId } = known;
  const title = known.title ?? "Untitled";
  const rename = (event: Event) => {
    event.preventDefault();
    const named = fieldOf(event, "title");
    setRenaming(false);
    if (named !== "" && named !== known.title) void page.rename(sessionId, named);
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
      <a href={hashOf({ sessionId })} aria-current={sessionId === page.spot.sessionId ? "page" : undefined}>
        {title}
      </a>
      <IconButton sign="✎" label={`Rename ${title}`} onClick={() => setRenaming(true)} />
      <IconButton sign="✕" label={`Delete ${title}`} onClick={() => page.remove(sessionId)} />
    </li>
  );
}

export function Sidebar({ page, open }: { page: PageState; open: boolean }) {
  const shown = page.sessions.filter(({ sessionId }) => !page.isLeaving(sessionId));
  return (
    <nav class={`sidebar${open ? " open" : ""}`} id="sidebar" aria-label="Conversations">
      <button type="button" class="new" onClick={() => page.go(freshSpot())}>
        New conversation
      </button>
      <ul>
        {shown.map((known) => (
          <Entry key={known.sessionId} page={page} known={known} />
        ))}
      </ul>
      {page.moreSessions !== null && (
        <button type="button" class="link" onClick={() => void page.moreOfUser()}>
          Show more
        </button>
      )}
    </nav>
  );
}
