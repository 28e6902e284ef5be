/** Writes an export of a session as Markdown. */
import { timeText } from "./text-format";

interface ExportedMessage {
  role: string;
  name?: string;
  content: string;
  createdAt: string;
}

/** A line of an export, with the fields that are written. */
interface ExportLine {
  message?: ExportedMessage;
  turn?: { question?: string; answer: string; createdAt: string; finishedAt: string };
}

const SPEAKERS: Record<string, string> = { user: "You", assistant: "Llama", system: "System", tool: "Function" };

const sectionOf = (speaker: string, time: string, text: string) => `## ${speaker}, ${timeText(time)}\n\n${text}\n`;

function sectionsOf({ message, turn }: ExportLine): string[] {
  if (message) {
    const { name, role, createdAt, content } = message;
    return [sectionOf(name ?? SPEAKERS[role] ?? role, createdAt, content)];
  }
  if (!turn) return [];
  const { question, answer, createdAt, finishedAt } = turn;
  const asked = question === undefined ? [] : [sectionOf("You", createdAt, question)];
  return answer === "" ? asked : [...asked, sectionOf("Llama", finishedAt, answer)];
}

/** @param lines the export as NDJSON */
export function markdownOf(lines: string, title: string): string {
  const exported: ExportLine[] = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return [`# ${title}\n`, ...exported.flatMap(sectionsOf)].join("\n");
}
