import { MAX_QUERY } from "../../limits";

/** Returns the part of a question that is searched for: of a long question, its beginning and its end. */
export function searchedText(question: string): string {
  if (question.length <= MAX_QUERY) return question;
  const half = MAX_QUERY / 2;
  return `${question.slice(0, half)}\n${question.slice(-half)}`.toWellFormed();
}
