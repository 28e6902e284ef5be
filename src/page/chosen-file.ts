/** The file that the import dialog asks about: the history of another product. */
import { importSession } from "./session-actions";
import type { PageState } from "./state";

class ChosenFile {
  file: File | null = null;
  #onChange: () => void = () => {};

  /** Calls the function after each change, until the returned function is called. The page has one dialog. */
  subscribe(onChange: () => void): () => void {
    this.#onChange = onChange;
    return () => {
      this.#onChange = () => {};
    };
  }

  set(file: File | null): void {
    this.file = file;
    this.#onChange();
  }
}

export const chosenFile = new ChosenFile();

/** The start of an exported conversation of Llamory. */
const OWN = '{"llamory"';

/** Imports an exported conversation of Llamory at once. Opens the import dialog for any other file. */
export async function chooseFile(page: PageState, file: File): Promise<void> {
  if ((await file.slice(0, OWN.length).text()) === OWN) await importSession(page, await file.text());
  else chosenFile.set(file);
}
