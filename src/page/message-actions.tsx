/** The buttons below a message: copy, edit, ask again, delete. */
import type { Message } from "./api";
import { CopyButton } from "./clipboard";
import { mayChangeTurns, mayDelete } from "./rights";
import type { PageState } from "./state";
import { askAgain, deleteMessage } from "./turn-actions";

interface MessageActionsProps {
  page: PageState;
  message: Message;
  /** Whether its turn is the last one of the session, and has ended. */
  isLast: boolean;
  onEdit: () => void;
}

const TextButton = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <button type="button" class="text-button" onClick={onClick}>
    {label}
  </button>
);

export function MessageActions({ page, message, isLast, onEdit }: MessageActionsProps) {
  const { role, content, turnId } = message;
  const canAskAgain = isLast && role === "assistant" && turnId !== undefined && page.window.questionOf(turnId);
  const remove = () => {
    // The button will be gone.
    document.querySelector<HTMLElement>(".transcript")?.focus({ preventScroll: true });
    deleteMessage(page, page.location.sessionId, message);
  };
  return (
    <>
      <CopyButton text={content} />
      {role === "user" && (isLast || mayChangeTurns(page)) && <TextButton label="Edit" onClick={onEdit} />}
      {canAskAgain && <TextButton label="Try again" onClick={() => void askAgain(page, turnId)} />}
      {mayDelete(page, message) && <TextButton label="Delete" onClick={remove} />}
    </>
  );
}
