/** The facts about the user: list, add, edit, delete, undo. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import type { Fact } from "./api";
import { Dialog, fieldOf } from "./dialog";
import { changeFacts, type FactChange, factEdit, MAX_FACT } from "./fact-actions";
import { FactEntry } from "./fact-entry";
import type { PageState } from "./state";

/** A change that can be undone. */
interface Undoable {
  id: number;
  text: string;
  undo: FactChange;
}

export function FactsDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const [failure, setFailure] = useState("");
  const [changes, setChanges] = useState<Undoable[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const change = async (run?: FactChange) => {
    const failed = await changeFacts(page, run);
    setFailure(failed?.text ?? "");
    return failed === undefined;
  };
  useEffect(() => void change(), []);

  const add = async (event: Event) => {
    event.preventDefault();
    const text = fieldOf(event, "text");
    if (text === "" || !(await change((api, userId) => api.addFact(userId, { text })))) return;
    // The next fact may have been begun in the meantime.
    if (field.current?.value.trim() === text) field.current.value = "";
  };
  /** Applies a change, and offers to undo it. */
  const apply = async (text: string, run: FactChange, undo: FactChange) => {
    if (await change(run)) setChanges((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, text, undo }]);
  };
  const remove = (fact: Fact) => {
    field.current?.focus();
    const { id, text, pinned, since, until, sources } = fact;
    return apply(
      `Deleted: ${text}`,
      (api, userId) => api.deleteFact(userId, id),
      (api, userId) => api.addFact(userId, { text, pinned, since, until, source: sources[0] }),
    );
  };
  const rewrite = ({ id, text }: Fact, next: string) => {
    const { edit, undo } = factEdit(id, next);
    return apply(`Changed: ${text}`, edit, undo);
  };
  const undo = async ({ id, undo }: Undoable) => {
    field.current?.focus();
    if (await change(undo)) setChanges((before) => before.filter((one) => one.id !== id));
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
            page={page}
            onClose={onClose}
            onEdit={(text) => void rewrite(fact, text)}
            onDelete={() => void remove(fact)}
            onChange={(run) => void change(run)}
          />
        ))}
      </ul>
      {changes.map((one) => (
        <p key={one.id} class="row notice" role="status">
          <span class="grow" dir="auto">
            {one.text}
          </span>
          <button type="button" onClick={() => void undo(one)}>
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
          data-max={MAX_FACT}
          dir="auto"
        />
        <button type="submit">Add</button>
      </form>
    </Dialog>
  );
}
