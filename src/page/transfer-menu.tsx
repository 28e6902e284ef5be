/** The menu that exports, imports and empties a conversation. */
import { useRef } from "hono/jsx/dom";
import { failureOf } from "./api";
import type { PageState } from "./state";

async function download(page: PageState): Promise<void> {
  const { sessionId } = page.location;
  try {
    const url = URL.createObjectURL(new Blob([await page.api.export(sessionId)], { type: "application/x-ndjson" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${sessionId}.ndjson` });
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    page.notify({ text: failureOf(error).text });
  }
}

export function Transfer({ page }: { page: PageState }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const done = (run: () => unknown) => () => {
    if (menu.current) menu.current.open = false;
    void run();
  };
  const chosen = async (event: Event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const [given] = event.target.files ?? [];
    event.target.value = "";
    if (given) await page.import(await given.text());
  };
  return (
    <details class="menu" ref={menu}>
      <summary>More</summary>
      <div>
        <button type="button" onClick={done(() => download(page))}>
          Export
        </button>
        <button type="button" onClick={done(() => file.current?.click())}>
          Import
        </button>
        <button type="button" onClick={done(() => page.reset())}>
          Empty
        </button>
        <input
          class="hidden"
          type="file"
          ref={file}
          accept=".ndjson,application/x-ndjson"
          aria-label="Exported conversation"
          tabindex={-1}
          onChange={chosen}
        />
      </div>
    </details>
  );
}
