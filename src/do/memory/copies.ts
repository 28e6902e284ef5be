/** Detects near-duplicates of a question: an earlier copy matches it better than any answer, but contains no answer. */
import type { Message } from "../../turn/types";
import { normalize, paired, WORD } from "./scripts";

/** The least share of words that a question and its copy have in common. */
const ALIKE = 0.8;
/** A copy is at most this many times as long as the question, plus 20 characters. */
const LONGER = 2;

const wordsOf = (text: string) => paired(normalize(text)).match(WORD) ?? [];
const asks = (text: string) => /[?？؟]\s*$/.test(text);

/** Returns a function that checks whether a message is a near-duplicate of a question. */
export function copiesOf(question: string): (message: Message) => boolean {
  const asked = wordsOf(question);
  const words = new Set(asked);
  return ({ role, content }) => {
    if (role !== "user" || content.length > LONGER * question.length + 20) return false;
    const said = wordsOf(content);
    if (said.join(" ") === asked.join(" ")) return true;
    // "I live in Berlin." has the words of "Do I live in Berlin?", but answers it.
    if (!asks(content) || !asks(question)) return false;
    const distinct = new Set(said);
    const common = [...distinct].filter((word) => words.has(word)).length;
    return common >= ALIKE * (distinct.size + words.size - common);
  };
}
