/** The page: a chat, and a view of the memory behind each answer. */
import { render, useEffect, useState } from "hono/jsx/dom";
import { Composer } from "./composer";
import { CostsDialog } from "./costs-dialog";
import { DateDialog } from "./date-dialog";
import type { DialogName } from "./dialog";
import { acceptFiles } from "./drop-file";
import { FactsDialog } from "./facts-dialog";
import { HelpDialog } from "./help-dialog";
import { ImportDialog } from "./import-dialog";
import { limitLengths } from "./length-limit";
import { NoticeList } from "./notice-list";
import { OperatorDialog } from "./operator-dialog";
import { newLocation } from "./page-location";
import { isOperator } from "./rights";
import { SearchDialog } from "./search-dialog";
import { commandOf } from "./shortcuts";
import { Sidebar } from "./sidebar";
import { SignInDialog } from "./sign-in-dialog";
import { PageState } from "./state";
import { isTemporary } from "./temporary";
import { applyTheme } from "./theme";
import { TopBar } from "./top-bar";
import { Transcript } from "./transcript";
import { fitViewport } from "./viewport";

function Page({ page }: { page: PageState }) {
  const [, setVersion] = useState(0);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [sideOpen, setSideOpen] = useState(false);
  const { sessionId } = page.location;
  const title = page.title ?? (isTemporary(sessionId) ? "Temporary conversation" : "New conversation");
  useEffect(() => {
    const render = () => setVersion((version) => version + 1);
    const unsubscribe = page.subscribe(render);
    // Effects run after the next frame: shows what changed before.
    render();
    return unsubscribe;
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (command === null) return;
      event.preventDefault();
      switch (command) {
        case "help":
        case "search":
          return setDialog(command);
        case "new":
          return page.go(newLocation());
        case "stop": {
          const turn = page.turns.running(page.location.sessionId);
          if (sideOpen) setSideOpen(false);
          else if (turn) void page.turns.stop(turn);
        }
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [sideOpen]);
  useEffect(() => setSideOpen(false), [sessionId]);
  useEffect(() => {
    document.title = page.title === null ? "Llamory" : `${page.title} · Llamory`;
  }, [page.title]);

  // The close event of one dialog must not close the next one.
  const close = (name: DialogName) => () => setDialog((now) => (now === name ? null : now));
  const answering = page.turns.running(sessionId) !== undefined;
  return (
    <>
      <TopBar
        page={page}
        title={title}
        sideOpen={sideOpen}
        onSide={() => setSideOpen(!sideOpen)}
        onDialog={setDialog}
      />
      <Sidebar
        page={page}
        sessions={page.list?.sessions ?? []}
        hasMore={page.list?.hasMore ?? false}
        currentId={sessionId}
        pending={page.pendingDeletes.changes}
        canChange={isOperator(page)}
        open={sideOpen}
      />
      {page.tokenProblem !== null && (
        <SignInDialog page={page} why={page.tokenProblem} onClose={() => page.askForToken(null)} />
      )}
      {dialog === "sign-in" && page.tokenProblem === null && (
        <SignInDialog page={page} why={null} onClose={close("sign-in")} />
      )}
      {dialog === "search" && <SearchDialog page={page} onClose={close("search")} />}
      {dialog === "facts" && <FactsDialog page={page} onClose={close("facts")} />}
      {dialog === "date" && <DateDialog page={page} onClose={close("date")} />}
      {dialog === "costs" && <CostsDialog page={page} onClose={close("costs")} />}
      {dialog === "operator" && <OperatorDialog page={page} onClose={close("operator")} />}
      {dialog === "help" && <HelpDialog onClose={close("help")} />}
      <ImportDialog page={page} />
      <main>
        <Transcript page={page} />
        <p class="hidden" role="status">
          {answering ? "An answer is being written." : ""}
        </p>
        <NoticeList page={page} />
        <Composer page={page} />
      </main>
    </>
  );
}

applyTheme();
fitViewport();
limitLengths();
const root = document.getElementById("page");
const page = new PageState();
acceptFiles(page);
if (root) render(<Page page={page} />, root);
void page.start();
