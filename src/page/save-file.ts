import type { PageState } from "./state";

/** Lets the browser save a text as a file. */
export function saveFile(content: string, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Saves the export of a session. */
export const saveExport = async (page: PageState, sessionId: string): Promise<void> =>
  saveFile(await page.api.export(sessionId), "application/x-ndjson", `${sessionId}.ndjson`);
