/** The file that an import dialog asks about: the history of another product, or the export of a user. */
import { encodingOf } from "../converters/text-of-file";
import { ownKindOf } from "../importing/own-export";
import { importSession } from "./session-actions";
import type { PageState } from "./state";

export interface Chosen {
  file: File;
  /** Whether it is the export of a user of Llamory. */
  isUser: boolean;
}

class ChosenFile {
  chosen: Chosen | null = null;
  #onChange: () => void = () => {};

  /** Calls the function after each change, until the returned function is called. The page has one dialog. */
  subscribe(onChange: () => void): () => void {
    this.#onChange = onChange;
    return () => {
      this.#onChange = () => {};
    };
  }

  set(chosen: Chosen | null): void {
    this.chosen = chosen;
    this.#onChange();
  }
}

export const chosenFile = new ChosenFile();

/** The bytes at the start of a file that tell its kind. */
const START = 200;

/** Returns the text of a file, in UTF-8 or UTF-16. */
export async function textOfBlob(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** Imports an exported conversation of Llamory at once. Opens an import dialog for any other file. */
export async function chooseFile(page: PageState, file: File): Promise<void> {
  const kind = ownKindOf(await textOfBlob(file.slice(0, START)));
  if (kind === "session") await importSession(page, await textOfBlob(file));
  else chosenFile.set({ file, isUser: kind === "user" });
}
