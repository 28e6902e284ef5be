import type { Child } from "hono/jsx";
import { useEffect, useRef } from "hono/jsx/dom";
import { IconButton } from "./icons";

/** The dialogs that buttons and menu open. */
export type DialogName = "search" | "facts" | "sign-in" | "date" | "costs" | "operator" | "help";

/** A modal dialog. The browser keeps the focus in it, closes it on Escape and returns the focus. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: Child }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // The browser would focus the first button, which closes the dialog.
    current?.querySelector<HTMLElement>("[autofocus]")?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <header>
        <h2>{title}</h2>
        <IconButton icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      {children}
    </dialog>
  );
}

/** Returns the trimmed value of a form's field, or an empty text. */
export const fieldOf = (event: Event, name: string): string =>
  event.target instanceof HTMLFormElement ? String(new FormData(event.target).get(name) ?? "").trim() : "";
