/** Remembers every text that a test sends or receives, and every line that is logged meanwhile. */

/** Shorter texts, and single words, stand in any line by chance: "status", "ana". */
const telling = (text: string) => text.length >= 6 && /\W/.test(text);
/** Fields of bodies, in both directions, that hold what somebody said. */
const SAID = new Set(["question", "answer", "content", "input", "instructions", "text", "q", "token"]);

const said = new Set<string>();
const logged: string[] = [];

for (const level of ["log", "info", "warn", "error"] as const) {
  const print = console[level].bind(console);
  console[level] = (...values: unknown[]) => {
    logged.push(values.map(String).join(" "));
    // A line for each request would hide what is worth reading of a failed test.
    if (level !== "info") print(...values);
  };
}

/** Remembers what a text says, where it is JSON. */
export function remember(json: unknown): void {
  if (typeof json !== "string") return;
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (SAID.has(key) && typeof value === "string" && telling(value)) said.add(value);
      return value;
    });
  } catch {
    // It says nothing that the Worker could understand.
  }
}

/** Remembers a token. */
export function rememberToken(header: string | null): void {
  const token = header?.replace(/^Bearer /, "") ?? "";
  if (telling(token)) said.add(token);
}

/** Returns the texts that stand in a logged line, with those lines, and forgets both. */
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
