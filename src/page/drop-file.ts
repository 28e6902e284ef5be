/** Imports a file that is dropped on the page. */
import { chooseFile } from "./chosen-file";
import type { PageState } from "./state";

const hasFile = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;

export function acceptFiles(page: PageState): void {
  const mark = (dragging: boolean) => document.body.classList.toggle("dragging", dragging);
  addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    // Otherwise the browser opens the file.
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) mark(false);
  });
  addEventListener("drop", async (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) await chooseFile(page, file);
  });
}
