/** What is beside the conversation: search, facts, who you are, and what the page can do. */
import { useEffect, useState } from "hono/jsx/dom";
import { type Fact, type Recalled, toldOf } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { IconButton } from "./icon-button";
import { hashOf } from "./place";
import { dayOf, Places } from "./places";
import type { PageState } from "./state";

interface Opened {
  page: PageState;
  onClose: () => void;
}

export function SearchDialog({ page, onClose }: Opened) {
  const [found, setFound] = useState<Recalled[] | null>(null);
  const [failure, setFailure] = useState("");
  const { sessionId } = page.spot;
  const search = (event: Event) => {
    event.preventDefault();
    const q = fieldOf(event, "q");
    if (q === "") return;
    const everywhere = page.userId !== undefined && fieldOf(event, "all") !== "";
    const results = everywhere ? page.api.searchUser(page.userId ?? "", q) : page.api.search(sessionId, q);
    setFailure("");
    results.then(setFound, (error: unknown) => setFailure(toldOf(error).text));
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <form class="row" onSubmit={search}>
        <input type="search" name="q" aria-label="What was said" autofocus required maxlength={1000} />
        <button type="submit">Search</button>
        {page.userId !== undefined && (
          <label>
            <input type="checkbox" name="all" value="all" checked /> in all conversations
          </label>
        )}
      </form>
      {failure && <p role="alert">{failure}</p>}
      {found && (
        <p class="quiet" role="status">
          {found.length === 0 ? "Nothing was said about that." : `${found.length} found, best first.`}
        </p>
      )}
      <Places
        places={(found ?? []).map(({ sessionId, seq, content: said, name, role, createdAt }) => ({
          ...{ sessionId, seq, said },
          about: `${name ?? role}, ${dayOf(createdAt)} · message ${seq}`,
        }))}
        onGo={onClose}
      />
    </Dialog>
  );
}

function FactEntry({ page, fact }: { page: PageState; fact: Fact }) {
  const [editing, setEditing] = useState(false);
  const change = (event: Event) => {
    event.preventDefault();
    const text = fieldOf(event, "text");
    setEditing(false);
    if (text !== "" && text !== fact.text)
      void page.changeFacts((api, userId) => api.changeFact(userId, fact.id, text));
  };
  if (editing) {
    return (
      <li>
        <form class="row" onSubmit={change}>
          <input name="text" aria-label="Fact" value={fact.text} maxlength={500} autofocus />
          <button type="submit">Save</button>
        </form>
      </li>
    );
  }
  return (
    <li class="row">
      <span class="grow">
        {fact.text}{" "}
        {fact.source && (
          <a class="quiet" href={hashOf(fact.source)}>
            where from
          </a>
        )}
      </span>
      <IconButton sign="✎" label={`Change: ${fact.text}`} onClick={() => setEditing(true)} />
      <IconButton
        sign="✕"
        label={`Delete: ${fact.text}`}
        onClick={() => page.changeFacts((api, userId) => api.deleteFact(userId, fact.id))}
      />
    </li>
  );
}

export function FactsDialog({ page, onClose }: Opened) {
  useEffect(() => void page.changeFacts(), []);
  const add = (event: Event) => {
    event.preventDefault();
    const text = fieldOf(event, "text");
    if (event.target instanceof HTMLFormElement) event.target.reset();
    if (text !== "") void page.changeFacts((api, userId) => api.addFact(userId, text));
  };
  return (
    <Dialog title="What is known of you" onClose={onClose}>
      <p class="quiet">These stand in every prompt of yours, newest first, as far as there is room.</p>
      <ul class="facts">
        {page.facts.map((fact) => (
          <FactEntry key={fact.id} page={page} fact={fact} />
        ))}
      </ul>
      <form class="row" onSubmit={add}>
        <input name="text" aria-label="A new fact" placeholder="A new fact" maxlength={500} />
        <button type="submit">Add</button>
      </form>
    </Dialog>
  );
}

/** Who asks, and with which token. @param why what the server says of the token there is */
export function IdentityDialog({ page, why, onClose }: Opened & { why: string | null }) {
  const become = (event: Event) => {
    event.preventDefault();
    void page.become(fieldOf(event, "user") || undefined, fieldOf(event, "token") || undefined);
  };
  return (
    <Dialog title="Who you are" onClose={onClose}>
      {why !== null && <p role="alert">{why}</p>}
      <form class="fields" onSubmit={become}>
        <label>
          Token, where the server wants one
          <input name="token" type="password" autocomplete="off" autofocus={why !== null} />
        </label>
        <p class="quiet">It is kept for this tab only.</p>
        <label>
          Your name, to be known in all of your conversations
          <input
            name="user"
            value={page.userId ?? ""}
            autocomplete="username"
            maxlength={128}
            pattern="[A-Za-z0-9._:@+\-]+"
            title="Letters, digits and . _ : @ + -"
          />
        </label>
        <button type="submit">Go on</button>
      </form>
    </Dialog>
  );
}

const KEYS: [string, string][] = [
  ["Enter", "send; Shift+Enter begins a new line"],
  ["Escape", "stop the answer"],
  ["Alt+N", "a new conversation"],
  ["Alt+S", "search"],
  ["?", "this help, where nothing is being written"],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="What this page can do" onClose={onClose}>
      <p>
        Everything that is said is remembered for good. Only a part of it goes into a prompt: <b>Look inside</b> an
        answer to see which, why, and what it cost. A link there leads to the place where it was said.
      </p>
      <p>
        While you write, the page asks what would be remembered for it. Reload it in the middle of an answer, or open it
        elsewhere: it goes on.
      </p>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
