import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Starts a real Chromium: from an npm package on Linux, the installed Chrome elsewhere. @param more arguments */
export async function launch(more: string[] = []): Promise<Browser> {
  if (process.platform !== "linux") return playwright.launch({ channel: "chrome", args: more });
  // The package's own arguments disable the isolation of origins, and one process ends with the first context.
  const args = chromium.args.filter((arg) => !/web-security|site-isolation|site-per-process|single-process/.test(arg));
  return playwright.launch({ executablePath: await chromium.executablePath(), args: [...args, ...more] });
}
