/** A fact in the list: its text, time and sources, an editor, and its history. */
import { useRef, useState } from "hono/jsx/dom";
import type { Fact } from "./api";
import { EditForm } from "./edit-form";
import { type FactChange, MAX_FACT } from "./fact-actions";
import { FactHistory } from "./fact-history";
import { FactNotes } from "./fact-notes";
import { IconButton } from "./icons";
import type { PageState } from "./state";

interface FactEntryProps {
  page: PageState;
  fact: Fact;
  onEdit: (text: string) => void;
  onDelete: () => void;
  /** Called with any other change of the fact. */
  onChange: (change: FactChange) => void;
  /** Called when a link leads out of the dialog. */
  onClose: () => void;
}

export function FactEntry({ page, fact, onEdit, onDelete, onChange, onClose }: FactEntryProps) {
  const [editing, setEditing] = useState(false);
  const [showsHistory, setShowsHistory] = useState(false);
  const entry = useRef<HTMLLIElement>(null);
  const end = (text: string | null) => {
    setEditing(false);
    if (text !== null) onEdit(text);
    entry.current?.focus();
  };
  return (
    <li class="row" ref={entry} tabindex={-1}>
      {editing ? (
        <EditForm label="Fact" value={fact.text} maxLength={MAX_FACT} onEnd={end} />
      ) : (
        <>
          <span class="grow" dir="auto">
            {fact.text} <FactNotes fact={fact} onClose={onClose} />
          </span>
          <IconButton icon="history" label={`History: ${fact.text}`} onClick={() => setShowsHistory(!showsHistory)} />
          <IconButton icon="edit" label={`Edit: ${fact.text}`} onClick={() => setEditing(true)} />
          <IconButton icon="delete" label={`Delete: ${fact.text}`} onClick={onDelete} />
        </>
      )}
      {showsHistory && <FactHistory page={page} fact={fact} onChange={onChange} onClose={onClose} />}
    </li>
  );
}
