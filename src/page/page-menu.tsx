/** The menu for the conversation and the page: export, import, empty, go to a date, theme, help. */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { chooseFile } from "./chosen-file";
import { Icon } from "./icons";
import { emptySession, startTemporary } from "./session-actions";
import type { PageState } from "./state";
import { ThemeSelect } from "./theme";

function save(content: BlobPart, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

const saveExport = (page: PageState) =>
  page.act(async () => {
    const { sessionId } = page.location;
    save(await page.api.export(sessionId), "application/x-ndjson", `${sessionId}.ndjson`);
  });

const saveMarkdown = (page: PageState) =>
  page.act(async () => {
    const lines = await page.api.export(page.location.sessionId);
    const title = page.title ?? "Conversation";
    const { markdownOf } = await import("./export-markdown");
    save(markdownOf(lines, title), "text/markdown", `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80)}.md`);
  });

interface PageMenuProps {
  page: PageState;
  onDate: () => void;
  onCosts: () => void;
  onHelp: () => void;
}

export function PageMenu({ page, onDate, onCosts, onHelp }: PageMenuProps) {
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
  const items: [string, () => unknown][] = [
    ["Temporary conversation", () => startTemporary(page)],
    ["Export", () => saveExport(page)],
    ["Save as Markdown", () => saveMarkdown(page)],
    ["Import", () => file.current?.click()],
    ["Empty", () => emptySession(page)],
    ["Go to a date", onDate],
    ["Costs", onCosts],
    ["Help", onHelp],
  ];
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
