/** Goes to a date of the conversation, or to its start. */
import { Dialog, fieldOf } from "./dialog";
import { goToTime } from "./session-actions";
import type { PageState } from "./state";

export function DateDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const go = (time: string) => {
    onClose();
    void goToTime(page, time);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const date = fieldOf(event, "date");
    // A date without a time is read as UTC; the user means the day of this time zone.
    if (date !== "") go(new Date(`${date}T00:00`).toISOString());
  };
  return (
    <Dialog title="Go to a date" onClose={onClose}>
      <form class="row" onSubmit={submit}>
        <label class="check">
          Date <input type="date" name="date" required autofocus />
        </label>
        <button type="submit">Go</button>
        <button type="button" onClick={() => go(new Date(0).toISOString())}>
          First message
        </button>
      </form>
    </Dialog>
  );
}
