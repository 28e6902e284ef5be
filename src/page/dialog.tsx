import type { Child } from "hono/jsx";
import { useEffect, useRef } from "hono/jsx/dom";
import { IconButton } from "./icon-button";

/** A dialog of the browser's own: it holds the focus, and Escape closes it. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: Child }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // The browser's own choice is the first button, which closes.
    current?.querySelector<HTMLElement>("[autofocus]")?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <header>
        <h2>{title}</h2>
        <IconButton sign="✕" label="Close" onClick={onClose} />
      </header>
      {children}
    </dialog>
  );
}

/** What a form's field says; empty where it says nothing. */
export const fieldOf = (event: Event, name: string): string =>
  event.target instanceof HTMLFormElement ? String(new FormData(event.target).get(name) ?? "").trim() : "";
