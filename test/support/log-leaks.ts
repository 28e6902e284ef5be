/** Records every text that a test sends or receives, and every line that is logged meanwhile. */

/** Shorter texts and single words such as "status" or "ana" occur in any line by chance. */
const telling = (text: string) => text.length >= 6 && /\W/.test(text);
/** Fields of requests and responses that contain texts of users or models. */
const SAID = new Set(["question", "answer", "content", "input", "instructions", "text", "q", "token"]);

const said = new Set<string>();
const logged: string[] = [];
/** The lines since the last test, without one for each request, which would hide the useful ones. */
let recent: string[] = [];
const print = console.error.bind(console);

// Lines are printed after a test, in its own context: Vitest never sends a line that an object logs after the last test
// of a file, and waits for it without end.
for (const level of ["log", "info", "warn", "error"] as const) {
  console[level] = (...values: unknown[]) => {
    const line = values.map(String).join(" ");
    logged.push(line);
    if (level !== "info") recent.push(line);
  };
}

/** Prints the lines since the last test, if a test failed. */
export function endTest(hasFailed: boolean): void {
  if (hasFailed && recent.length > 0) print(recent.join("\n"));
  recent = [];
}

/** Records the texts of a JSON body. */
export function remember(json: unknown): void {
  if (typeof json !== "string") return;
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (SAID.has(key) && typeof value === "string" && telling(value)) said.add(value);
      return value;
    });
  } catch {
    // The text is not JSON, so the Worker cannot read it either.
  }
}

/** Records a token. */
export function rememberToken(header: string | null): void {
  const token = header?.replace(/^Bearer /, "") ?? "";
  if (telling(token)) said.add(token);
}

/** Returns the recorded texts that a logged line contains, with those lines, and clears both records. */
export function takeLeaks(): { text: string; line: string }[] {
  const lines = logged.splice(0);
  const texts = [...said];
  said.clear();
  const all = lines.join("\n");
  return texts.flatMap((text) => {
    const escaped = JSON.stringify(text).slice(1, -1);
    if (!all.includes(text) && !all.includes(escaped)) return [];
    const line = lines.find((one) => one.includes(text) || one.includes(escaped));
    return line === undefined ? [] : [{ text, line }];
  });
}
