/** Aligns the history that a client sends with each question with the transcript of its session. Pure. */
import type { Message, Role } from "../../turn/types";

/** A message as a client sends it again. */
export interface SentAgain {
  role: Role;
  content: string;
}

/** The fewest characters of a text that is equal to one that contains it: retrieved context is sent only once. */
const LEAST_PART = 20;
/** The most characters that are compared, so that a request costs a fraction of a second. */
const MOST_COMPARED = 50_000_000;

/** The most characters of the transcript that are read: all of them are in memory at once. */
const MOST_READ = 20_000_000;

/** A message of the transcript, or of the request, for comparison. */
interface Line {
  isUser: boolean;
  text: string;
}

/**
 * Returns the `seq` of the last message that the request's history contains, if later ones were edited or regenerated: a
 * run of the transcript that equals the history ends there. 0 if the only question is asked again; undefined if nothing
 * later was replaced, if nothing matches, or if too much would have to be read.
 * @param newest the transcript, newest first
 */
export function lastKept(
  newest: Iterable<Message>,
  history: readonly SentAgain[],
  question: string,
): number | undefined {
  const sent = history.filter(isTalk).map(lineOf).reverse();
  const lines: (Line & { seq: number })[] = [];
  const budget = { left: MOST_COMPARED };
  let left = MOST_READ;
  for (const message of newest) {
    left -= message.content.length;
    if (left < 0) return undefined;
    if (!isTalk(message)) continue;
    lines.push({ ...lineOf(message), seq: message.seq });
    if (sent.length > 0 && lines.length === 2 && isRun(lines, 0, sent.slice(0, 2), budget)) return undefined;
    // Without a history, one question is enough to decide.
    if (sent.length === 0 && lines.filter(({ isUser }) => isUser).length > 1) return undefined;
    if (lines.length > sent.length + MOST_REPLACED) break;
  }
  if (sent.length === 0) {
    const asked = lines.find(({ isUser }) => isUser);
    return asked && isEqual(asked, lineOf({ role: "user", content: question })) ? 0 : undefined;
  }
  for (let at = 1; at < lines.length && budget.left > 0; at += 1) {
    if (isRun(lines, at, sent, budget)) return lines[at]?.seq;
  }
  return undefined;
}

/** The most messages that one request may replace. */
const MOST_REPLACED = 1_000;

const isTalk = ({ role, content }: SentAgain) => (role === "user" || role === "assistant") && content !== "";

function lineOf({ role, content }: SentAgain): Line {
  const isUser = role === "user";
  const text = normalized(content);
  // A question follows its retrieved context. It may be shorter than LEAST_PART.
  return { isUser, text: (isUser && text.split("</context> ").at(-1)) || text };
}

/**
 * Returns whether the lines from an index on equal the sent ones, both newest first. One of them may end earlier.
 * @param budget the characters that may still be compared
 */
const isRun = (lines: readonly Line[], at: number, sent: readonly Line[], budget: { left: number }): boolean =>
  sent.every((line, index) => {
    const own = lines[at + index];
    budget.left -= (own?.text.length ?? 0) + line.text.length;
    return budget.left > 0 && (own === undefined || isEqual(own, line));
  });

function isEqual(one: Line, other: Line): boolean {
  if (one.isUser !== other.isUser) return false;
  const [short, long] = one.text.length < other.text.length ? [one.text, other.text] : [other.text, one.text];
  return short === long || (short.length >= LEAST_PART && long.includes(short));
}

/**
 * Returns a text without `<details>` blocks and with single spaces. A regular expression for the blocks would take quadratic
 * time.
 */
function normalized(text: string): string {
  const parts = text.split("</details>");
  const rest = parts.pop();
  const outside = parts.map((part) => part.split("<details", 1)[0]);
  return [...outside, rest].join(" ").replace(/\s+/g, " ").trim();
}
