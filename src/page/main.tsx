/** The page: a chat, and a view of the memory behind each answer. */
import { render, useEffect, useState } from "hono/jsx/dom";
import { Composer } from "./composer";
import { FactsDialog, HelpDialog, SearchDialog, SignInDialog } from "./dialogs";
import { IconButton } from "./icon-button";
import { newLocation } from "./page-location";
import { Sidebar } from "./sidebar";
import { PageState } from "./state";
import { Transcript } from "./transcript";
import { Transfer } from "./transfer-menu";

type Opened = "search" | "facts" | "identity" | "help" | null;

const isWriting = (target: EventTarget | null) =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

function Page({ page }: { page: PageState }) {
  const [, setVersion] = useState(0);
  const [opened, setOpened] = useState<Opened>(null);
  const [sideOpen, setSideOpen] = useState(false);
  useEffect(() => page.subscribe(() => setVersion((version) => version + 1)), []);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.key === "?" && !isWriting(event.target)) setOpened("help");
      if (event.altKey && event.code === "KeyN") page.go(newLocation());
      if (event.altKey && event.code === "KeyS") setOpened("search");
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  useEffect(() => setSideOpen(false), [page.location.sessionId]);
  // The close event of one dialog must not close the next one.
  const close = (which: Opened) => () => setOpened((now) => (now === which ? null : now));
  const answering = page.turns
    .of(page.location.sessionId)
    .some(({ state }) => state === "answering" || state === "asked");
  return (
    <>
      <header class="top">
        <button
          type="button"
          class="icon side"
          aria-label="Conversations"
          aria-expanded={sideOpen}
          aria-controls="sidebar"
          onClick={() => setSideOpen(!sideOpen)}
        >
          ☰
        </button>
        <h1>Llamory</h1>
        <h2 class="title">{page.title ?? "New conversation"}</h2>
        <div class="tools">
          <button type="button" onClick={() => setOpened("search")}>
            Search
          </button>
          {page.userId !== undefined && (
            <button type="button" onClick={() => setOpened("facts")}>
              Facts
            </button>
          )}
          <Transfer page={page} />
          <button type="button" onClick={() => setOpened("identity")}>
            {page.userId ?? "Sign in"}
          </button>
          <IconButton sign="?" label="Help" onClick={() => setOpened("help")} />
        </div>
      </header>
      <Sidebar page={page} open={sideOpen} />
      <main>
        <Transcript page={page} />
        <p class="hidden" role="status">
          {answering ? "An answer is being written." : ""}
        </p>
        {page.notice && (
          <p class="notice" role="alert">
            <span>{page.notice.text}</span>
            {page.notice.undo && (
              <button type="button" onClick={page.notice.undo}>
                Undo
              </button>
            )}
            <IconButton sign="✕" label="Dismiss" onClick={() => page.notify(null)} />
          </p>
        )}
        <Composer page={page} />
      </main>
      {page.tokenProblem !== null && (
        <SignInDialog page={page} why={page.tokenProblem} onClose={() => page.dismissTokenProblem()} />
      )}
      {opened === "identity" && <SignInDialog page={page} why={null} onClose={close("identity")} />}
      {opened === "search" && <SearchDialog page={page} onClose={close("search")} />}
      {opened === "facts" && <FactsDialog page={page} onClose={close("facts")} />}
      {opened === "help" && <HelpDialog onClose={close("help")} />}
    </>
  );
}

const root = document.getElementById("page");
const page = new PageState();
if (root) render(<Page page={page} />, root);
void page.start();
