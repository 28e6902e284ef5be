/** Explains the page and lists its keys. */
import { Dialog } from "./dialog";
import { isMac } from "./shortcuts";

const KEYS: [string, string][] = [
  ["Enter", "send; Shift+Enter starts a new line"],
  ["Escape", "stop the answer"],
  isMac ? ["⌘ K", "search"] : ["Alt+S or Ctrl+K", "search"],
  isMac ? ["⌘ ⇧ O", "new conversation"] : ["Alt+N or Ctrl+Shift+O", "new conversation"],
  ["?", "this help, outside of text fields"],
];

export const HelpDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title="Help" onClose={onClose}>
    <p>
      Every message is stored. Only a part of them fits into a prompt: open <b>Details</b> of an answer to see which
      part, why, and what it cost. Its links lead to the original messages.
    </p>
    <p>
      While you write, the page shows what your question will be sent with. You can reload the page while an answer is
      being written, or follow it on another device.
    </p>
    <p>Drop an exported conversation on the page to import it.</p>
    <p>
      For programs: the <a href="/docs">API reference</a>.
    </p>
    <dl>
      {KEYS.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
