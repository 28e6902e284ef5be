/** Holds all that is logged in a test run against all that was said in it: none of it may be there. */
import { afterAll, expect } from "vitest";

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

afterAll(() => {
  const lines = logged.splice(0);
  const leaks = [...said].filter((text) =>
    lines.some((line) => line.includes(text) || line.includes(JSON.stringify(text).slice(1, -1))),
  );
  said.clear();
  expect(leaks, `logged:\n${lines.join("\n")}`).toEqual([]);
});
