/** The menu for the conversation and the page: export, import, empty, go to a date, theme, help. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { chooseFile } from "./chosen-file";
import type { DialogName } from "./dialog";
import { markdownOf } from "./export-markdown";
import { Icon } from "./icons";
import { isOperator } from "./rights";
import { saveExport, saveFile } from "./save-file";
import { emptySession, startTemporary } from "./session-actions";
import type { PageState } from "./state";
import { ThemeSelect } from "./theme";

const saveMarkdown = (page: PageState) =>
  page.act(async () => {
    const lines = await page.api.export(page.location.sessionId);
    const title = page.title ?? "Conversation";
    saveFile(markdownOf(lines, title), "text/markdown", `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80)}.md`);
  });

interface PageMenuProps {
  page: PageState;
  onDialog: (name: DialogName) => void;
}

export function PageMenu({ page, onDialog }: PageMenuProps) {
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const file = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = ({ target }: Event) => {
      if (!(target instanceof Node && menu.current?.contains(target))) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [open]);

  const choose = (run: () => unknown) => () => {
    setOpen(false);
    button.current?.focus();
    void run();
  };
  const onFile = async (event: Event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const [chosen] = event.target.files ?? [];
    event.target.value = "";
    if (chosen) await chooseFile(page, chosen);
  };
  const all: [label: string, run: () => unknown, forOperator?: boolean][] = [
    ["Temporary conversation", () => startTemporary(page)],
    ["Export", () => page.act(() => saveExport(page, page.location.sessionId)), true],
    ["Save as Markdown", () => saveMarkdown(page), true],
    ["Import", () => file.current?.click(), true],
    ["Empty", () => emptySession(page), true],
    ["Go to a date", () => onDialog("date")],
    ["Costs", () => onDialog("costs")],
    ["All conversations", () => onDialog("operator"), true],
    ["Help", () => onDialog("help")],
  ];
  const items = all.filter(([, , forOperator]) => !forOperator || isOperator(page));
  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        ref={button}
        aria-expanded={String(open)}
        aria-controls="menu"
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
        <span class="label">More</span>
      </button>
      <div id="menu" class="menu-items" hidden={!open}>
        {items.map(([label, run]) => (
          <button key={label} type="button" onClick={choose(run)}>
            {label}
          </button>
        ))}
        <ThemeSelect />
      </div>
      <input
        class="hidden"
        type="file"
        ref={file}
        accept=".ndjson,.json,.jsonl,.txt,.zip"
        aria-label="Exported conversation"
        tabindex={-1}
        onChange={onFile}
      />
    </div>
  );
}
