/** The facts about the user: list, add, edit, delete, undo. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Fact } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { EditForm } from "./edit-form";
import { changeFacts, type FactChange } from "./fact-actions";
import { IconButton } from "./icons";
import { hashOf } from "./page-location";
import type { PageState } from "./state";
import { dayText } from "./text-format";

const MAX_FACT = 500;
/** The most sources of a fact that are shown. */
const MAX_SOURCES = 3;

interface FactEntryProps {
  fact: Fact;
  onEdit: (text: string) => void;
  onDelete: () => void;
  onClose: () => void;
}

function FactEntry({ fact, onEdit, onDelete, onClose }: FactEntryProps) {
  const [editing, setEditing] = useState(false);
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
            {fact.text}{" "}
            <span class="quiet">
              {dayText(fact.updatedAt)}
              {fact.sources.slice(0, MAX_SOURCES).map((source) => (
                <>
                  {" · "}
                  <a href={hashOf(source)} onClick={onClose}>
                    Source
                  </a>
                </>
              ))}
            </span>
          </span>
          <IconButton icon="edit" label={`Edit: ${fact.text}`} onClick={() => setEditing(true)} />
          <IconButton icon="delete" label={`Delete: ${fact.text}`} onClick={onDelete} />
        </>
      )}
    </li>
  );
}

export function FactsDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const [failure, setFailure] = useState("");
  const [deleted, setDeleted] = useState<Fact[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const change = async (run?: FactChange) => {
    const failed = await changeFacts(page, run);
    setFailure(failed?.text ?? "");
    return failed === undefined;
  };
  useEffect(() => void change(), []);

  const add = (event: Event) => {
    event.preventDefault();
    const text = fieldOf(event, "text");
    if (field.current) field.current.value = "";
    if (text !== "") void change((api, userId) => api.addFact(userId, { text }));
  };
  const remove = async (fact: Fact) => {
    field.current?.focus();
    if (await change((api, userId) => api.deleteFact(userId, fact.id))) setDeleted((before) => [...before, fact]);
  };
  const undo = async (fact: Fact) => {
    field.current?.focus();
    const { text, pinned, since, until, sources } = fact;
    if (await change((api, userId) => api.addFact(userId, { text, pinned, since, until, source: sources[0] })))
      setDeleted((before) => before.filter(({ id }) => id !== fact.id));
  };
  return (
    <Dialog title="What I know about you" onClose={onClose}>
      <p class="quiet">
        {page.facts.length === 0
          ? "No facts yet. Add one, or talk: the model notes lasting facts about you, if the operator has enabled it."
          : "Each prompt contains the facts that match your question, then the newest ones, as far as they fit."}
      </p>
      {failure && <p role="alert">{failure}</p>}
      <ul class="fact-list">
        {page.facts.map((fact) => (
          <FactEntry
            key={fact.id}
            fact={fact}
            onClose={onClose}
            onEdit={(text) => void change((api, userId) => api.changeFact(userId, fact.id, text))}
            onDelete={() => void remove(fact)}
          />
        ))}
      </ul>
      {deleted.map((fact) => (
        <p key={fact.id} class="row notice" role="status">
          <span class="grow" dir="auto">
            Deleted: {fact.text}
          </span>
          <button type="button" onClick={() => void undo(fact)}>
            Undo
          </button>
        </p>
      ))}
      <form class="row" onSubmit={add}>
        <input
          ref={field}
          name="text"
          aria-label="A new fact"
          placeholder="A new fact"
          maxlength={MAX_FACT}
          dir="auto"
        />
        <button type="submit">Add</button>
      </form>
    </Dialog>
  );
}
