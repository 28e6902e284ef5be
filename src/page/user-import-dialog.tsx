/** Imports the export of a user of Llamory into a user. */
import { useState } from "hono/jsx/dom";
import { ConvertError } from "../converters/converted";
import { countsOf, type ImportedUser, importPages } from "../importing/own-export";
import { textOfBlob } from "./chosen-file";
import { Dialog, fieldOf } from "./dialog";
import { failureOf } from "./failure-text";
import type { PageState } from "./state";
import { countText } from "./text-format";

export function UserImportDialog({ page, file, onClose }: { page: PageState; file: File; onClose: () => void }) {
  const [state, setState] = useState<"asking" | "running" | ImportedUser>("asking");
  const [failure, setFailure] = useState("");
  const run = async (event: Event) => {
    event.preventDefault();
    const userId = fieldOf(event, "user");
    setState("running");
    setFailure("");
    try {
      const text = [await textOfBlob(file)];
      // Nothing is stored of an export that is cut off.
      await countsOf(text);
      setState(await importPages(text, (lines) => page.api.importUser(userId, lines)));
      if (userId === page.userId) await page.refresh(page.location.sessionId);
    } catch (error) {
      setFailure(error instanceof ConvertError ? error.message : failureOf(error).text);
      setState("asking");
    }
  };
  const done = typeof state === "object" ? state : null;
  const first = done?.sessions[0]?.to;
  const open = () => {
    onClose();
    if (first !== undefined) page.go({ sessionId: first });
  };
  return (
    <Dialog title="Import a user" onClose={onClose}>
      <form onSubmit={run}>
        <p dir="auto">
          {file.name}: the export of a user. Its conversations and facts are added to those of the user whom you name.
          What is there stays as it is.
        </p>
        {state === "asking" && (
          <>
            <label>
              The user's name
              <input
                name="user"
                value={page.userId ?? ""}
                required
                data-max={128}
                autocomplete="off"
                autofocus
                dir="auto"
              />
            </label>
            <div class="row">
              <button type="submit">Import</button>
            </div>
          </>
        )}
        <p role="status">
          {state === "running" && "Importing…"}
          {done &&
            `Imported: ${countText(done.sessions.length, "conversation")}, ${countText(done.facts, "new fact")}.`}
        </p>
        {failure && <p role="alert">{failure}</p>}
        {first !== undefined && (
          <div class="row">
            <button type="button" onClick={open}>
              Open
            </button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
