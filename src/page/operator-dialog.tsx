/** The operator's view: all users and conversations that the token gives access to. */
import { useState } from "hono/jsx/dom";
import type { Recalled } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { failureOf } from "./failure-text";
import { MessageLinks } from "./message-links";
import { OperatorList } from "./operator-list";
import type { PageState } from "./state";
import { countText, dayText } from "./text-format";

/** Messages that a search finds. */
const MAX_FOUND = 20;

/** Searches the messages of one user. */
function UserSearch({ page, userId, onClose }: { page: PageState; userId: string; onClose: () => void }) {
  const [found, setFound] = useState<Recalled[] | null>(null);
  const [failure, setFailure] = useState("");
  const search = (event: Event) => {
    event.preventDefault();
    setFailure("");
    page.api.searchUser(userId, fieldOf(event, "q"), MAX_FOUND).then(
      ({ data }) => setFound(data),
      (error: unknown) => setFailure(failureOf(error).text),
    );
  };
  return (
    <section>
      <form class="row" onSubmit={search}>
        <input
          type="search"
          name="q"
          aria-label={`Search the messages of ${userId}`}
          placeholder="Search messages"
          dir="auto"
          required
          data-max={1000}
        />
        <button type="submit">Search</button>
      </form>
      {failure && <p role="alert">{failure}</p>}
      <p class="quiet" role="status">
        {found && `${countText(found.length, "message")} found.`}
      </p>
      {found && (
        <MessageLinks
          links={found.map((message) => ({ ...message, about: `${message.role}, ${dayText(message.createdAt)}` }))}
          onGo={onClose}
        />
      )}
    </section>
  );
}

export function OperatorDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const [view, setView] = useState<"sessions" | "users">("sessions");
  const [userId, setUserId] = useState<string | null>(null);
  const show = (next: typeof view) => {
    setView(next);
    setUserId(null);
  };
  const views = [
    ["sessions", "Conversations"],
    ["users", "Users"],
  ] as const;
  return (
    <Dialog title="All conversations" onClose={onClose}>
      <div class="row">
        {views.map(([name, label]) => (
          <button key={name} type="button" aria-pressed={String(view === name)} onClick={() => show(name)}>
            {label}
          </button>
        ))}
      </div>
      {userId === null ? (
        <OperatorList key={view} page={page} view={view} onUser={setUserId} onClose={onClose} />
      ) : (
        <>
          <div class="row">
            <h3 class="grow" dir="auto">
              {userId}
            </h3>
            <button type="button" onClick={() => setUserId(null)}>
              All users
            </button>
          </div>
          <UserSearch page={page} userId={userId} onClose={onClose} />
          <OperatorList key={userId} page={page} view="sessions" userId={userId} onUser={setUserId} onClose={onClose} />
        </>
      )}
    </Dialog>
  );
}
