/** Imports a file that was dropped or chosen: the history of another product, or the export of a user. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { type Chosen, chosenFile } from "./chosen-file";
import { Dialog, fieldOf } from "./dialog";
import type { ImportCounts } from "./import-file";
import type { PageState } from "./state";
import { countText } from "./text-format";
import { UserImportDialog } from "./user-import-dialog";

/** Shows the dialog while a file is chosen. */
export function ImportDialog({ page }: { page: PageState }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  useEffect(() => chosenFile.subscribe(() => setChosen(chosenFile.chosen)), []);
  if (chosen === null) return null;
  const ImportDialogOf = chosen.isUser ? UserImportDialog : FileDialog;
  return <ImportDialogOf page={page} file={chosen.file} onClose={() => chosenFile.set(null)} />;
}

const progressText = ({ conversations, messages }: ImportCounts) =>
  `${countText(conversations, "conversation")}, ${countText(messages, "new message")}`;

function FileDialog({ page, file, onClose }: { page: PageState; file: File; onClose: () => void }) {
  const [counts, setCounts] = useState<ImportCounts | null>(null);
  const [state, setState] = useState<"asking" | "running" | "done">("asking");
  const [failure, setFailure] = useState<string | null>(null);
  const stopped = useRef(new AbortController());
  useEffect(() => () => stopped.current?.abort(), []);

  const run = async (event: Event) => {
    event.preventDefault();
    const me = fieldOf(event, "me");
    const signal = stopped.current?.signal ?? AbortSignal.abort();
    setState("running");
    setFailure(null);
    try {
      const { importFile } = await import("./import-file");
      setCounts(await importFile(page, file, { me: me === "" ? undefined : me, signal, onProgress: setCounts }));
      setState("done");
      // Shows the conversations in the list.
      void page.act(async () => {});
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error instanceof Error ? error.message : String(error));
      setState("asking");
    }
  };
  const open = () => {
    onClose();
    if (counts?.first !== undefined) page.go({ sessionId: counts.first });
  };
  return (
    <Dialog title="Import a history" onClose={onClose}>
      <form onSubmit={run}>
        <p dir="auto">
          {file.name}: an export of ChatGPT, Claude, Open WebUI, LibreChat, llama.cpp, WhatsApp, Slack or Telegram, or
          messages as JSON. Importing a file again adds only what is new.
        </p>
        {state === "asking" && (
          <>
            <label>
              Your name in chats of several people (optional)
              <input name="me" autocomplete="off" data-max={128} />
            </label>
            <div class="row">
              <button type="submit" autofocus>
                Import
              </button>
            </div>
          </>
        )}
        {state === "running" && <progress value={counts?.share ?? 0} max={1} aria-label="Progress of the import" />}
        <p role="status">{counts === null ? "" : `${state === "done" ? "Imported: " : ""}${progressText(counts)}.`}</p>
        {failure !== null && <p role="alert">{failure}</p>}
        {state === "done" && (
          <>
            <ul class="plain-list">
              {counts?.problems.map((problem) => (
                <li key={problem} dir="auto">
                  {problem}
                </li>
              ))}
            </ul>
            <div class="row">
              <button type="button" onClick={open} disabled={counts?.first === undefined}>
                Open
              </button>
            </div>
          </>
        )}
      </form>
    </Dialog>
  );
}
