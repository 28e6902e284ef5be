/** The dialogs: search, facts, sign-in and help. */
import { useEffect, useState } from "hono/jsx/dom";
import { type Fact, failureOf, type Recalled } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { IconButton } from "./icon-button";
import { dayOf, MessageLinks } from "./message-links";
import { hashOf } from "./page-location";
import type { PageState } from "./state";

interface DialogProps {
  page: PageState;
  onClose: () => void;
}

export function SearchDialog({ page, onClose }: DialogProps) {
  const [found, setFound] = useState<Recalled[] | null>(null);
  const [failure, setFailure] = useState("");
  const { sessionId } = page.location;
  const search = (event: Event) => {
    event.preventDefault();
    const q = fieldOf(event, "q");
    if (q === "") return;
    const everywhere = page.userId !== undefined && fieldOf(event, "all") !== "";
    const results = everywhere ? page.api.searchUser(page.userId ?? "", q) : page.api.search(sessionId, q);
    setFailure("");
    results.then(setFound, (error: unknown) => setFailure(failureOf(error).text));
  };
  return (
    <Dialog title="Search" onClose={onClose}>
      <form class="row" onSubmit={search}>
        <input type="search" name="q" aria-label="Search text" autofocus required maxlength={1000} />
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
          {found.length === 0 ? "No messages found." : `${found.length} found, best first.`}
        </p>
      )}
      <MessageLinks
        links={(found ?? []).map(({ sessionId, seq, content, name, role, createdAt }) => ({
          sessionId,
          seq,
          content,
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
            Source
          </a>
        )}
      </span>
      <IconButton sign="✎" label={`Edit: ${fact.text}`} onClick={() => setEditing(true)} />
      <IconButton
        sign="✕"
        label={`Delete: ${fact.text}`}
        onClick={() => page.changeFacts((api, userId) => api.deleteFact(userId, fact.id))}
      />
    </li>
  );
}

export function FactsDialog({ page, onClose }: DialogProps) {
  useEffect(() => void page.changeFacts(), []);
  const add = (event: Event) => {
    event.preventDefault();
    const text = fieldOf(event, "text");
    if (event.target instanceof HTMLFormElement) event.target.reset();
    if (text !== "") void page.changeFacts((api, userId) => api.addFact(userId, text));
  };
  return (
    <Dialog title="What I know about you" onClose={onClose}>
      <p class="quiet">These facts are part of every prompt, newest first, as far as they fit.</p>
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

/** Asks for a name and a token. @param why the server's reason for asking */
export function SignInDialog({ page, why, onClose }: DialogProps & { why: string | null }) {
  const submit = (event: Event) => {
    event.preventDefault();
    void page.signIn(fieldOf(event, "user") || undefined, fieldOf(event, "token") || undefined);
  };
  return (
    <Dialog title="Sign in" onClose={onClose}>
      {why !== null && <p role="alert">{why}</p>}
      <form class="fields" onSubmit={submit}>
        <label>
          Token, if the server needs one
          <input name="token" type="password" autocomplete="off" autofocus={why !== null} />
        </label>
        <p class="quiet">The token is kept in this tab only.</p>
        <label>
          Your name, so that I remember you in all conversations
          <input
            name="user"
            value={page.userId ?? ""}
            autocomplete="username"
            maxlength={128}
            pattern="[A-Za-z0-9._:@+\-]+"
            title="Letters, digits and . _ : @ + -"
          />
        </label>
        <button type="submit">Continue</button>
      </form>
    </Dialog>
  );
}

const KEYS: [string, string][] = [
  ["Enter", "send; Shift+Enter starts a new line"],
  ["Escape", "stop the answer"],
  ["Alt+N", "new conversation"],
  ["Alt+S", "search"],
  ["?", "this help, outside of text fields"],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Help" onClose={onClose}>
      <p>
        Every message is stored. Only a part of them fits into a prompt: open <b>Details</b> of an answer to see which
        part, why, and what it cost. Its links lead to the original messages.
      </p>
      <p>
        While you write, the page shows what your question will be sent with. You can reload the page while an answer is
        being written, or follow it on another device.
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
