/** An exact prompt, coloured by part. Its lines link to the messages that they come from. */
import type { Child } from "hono/jsx";
import type { Fact, Memory } from "./api";
import { Dialog } from "./dialog";
import { hashOf, type PageLocation } from "./page-location";
import { PROMPT_PARTS, type PromptPart } from "./prompt-chart";
import { numberText } from "./text-format";

interface Quoted extends Required<PageLocation> {
  content: string;
  createdAt: string;
}

export interface ShownPrompt {
  model: string;
  messages: { role: string; content: string }[];
  promptTokens: number;
  memory: Pick<Memory, "prompt" | "window"> & { recalled: Quoted[] };
  /** The question, if it is stored. */
  question?: Required<PageLocation> | undefined;
  /** Whether the model received exactly this text; absent for a prompt that was not sent. */
  exact?: boolean;
}

interface PromptMessage {
  part: PromptPart;
  role: string;
  content: string;
  /** The message of the transcript, if the prompt message is one. */
  source?: Required<PageLocation> | undefined;
}

/** Returns the messages of a prompt with their parts: system prompt, window, facts, recalled messages, question. */
function partsOf({ messages, memory, question: asked }: ShownPrompt, sessionId: string): PromptMessage[] {
  const recalled = (memory.prompt?.recalled ?? memory.recalled.length) > 0 ? 1 : 0;
  const facts = (memory.prompt?.facts ?? 0) > 0 ? 1 : 0;
  const question = messages.length - 1;
  const windowEnd = question - recalled - facts;
  const { window } = memory;
  // Deleted messages leave holes: the seqs are known only if there are none.
  const isWhole = window !== null && window.toSeq - window.fromSeq + 1 === windowEnd - 1;
  return messages.map(({ role, content }, at) => {
    if (at === question) return { part: "question", role, content, source: asked };
    if (at === 0) return { part: "system", role, content };
    if (at >= windowEnd) return { part: facts === 1 && at === windowEnd ? "facts" : "recalled", role, content };
    return { part: "window", role, content, source: isWhole ? { sessionId, seq: window.fromSeq + at - 1 } : undefined };
  });
}

/** Splits a block of quotations into lines, and links the first line of each to its message. */
function QuotedLines({ content, sources, onGo }: { content: string; sources: Quoted[]; onGo: () => void }) {
  const left = [...sources];
  return (
    <>
      {content.split("\n").map((line): Child => {
        // Further lines of a quotation are indented.
        const at = /^> \S/.test(line) ? left.findIndex((one) => line.includes(firstWordsOf(one.content))) : -1;
        const [source] = at === -1 ? [] : left.splice(at, 1);
        if (!source) return `${line}\n`;
        return (
          <>
            <a href={hashOf(source)} onClick={onGo}>
              {line}
            </a>
            {"\n"}
          </>
        );
      })}
    </>
  );
}

const firstWordsOf = (content: string) => content.trimStart().split("\n", 1)[0]?.slice(0, 20) ?? "";

/** Returns the recalled messages in the order of the prompt. */
const inOrder = (recalled: Quoted[]) =>
  [...recalled].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.seq - b.seq);

/** Returns the facts with the message that each comes from. */
const factSources = (facts: Fact[]): Quoted[] =>
  facts.flatMap(({ text, createdAt, sources: [source] }) => (source ? [{ ...source, content: text, createdAt }] : []));

const NOTES: Record<string, string> = {
  undefined: "will receive",
  true: "received exactly",
  false: "received about",
};

interface PromptDialogProps {
  prompt: ShownPrompt;
  sessionId: string;
  /** The user's facts: their lines link to their sources. */
  facts: Fact[];
  onClose: () => void;
}

export function PromptDialog({ prompt, sessionId, facts, onClose }: PromptDialogProps) {
  const { model, messages, promptTokens, memory, exact } = prompt;
  const quoted: Partial<Record<PromptPart, Quoted[]>> = {
    recalled: inOrder(memory.recalled),
    facts: factSources(facts),
  };
  const names = new Map<string, string>(PROMPT_PARTS);
  return (
    <Dialog title="Prompt" onClose={onClose}>
      <p class="quiet">
        {model} {NOTES[String(exact)]} these {messages.length} messages, {numberText(promptTokens)} tokens.
        {exact === false && " The prompt was built again: some of its sources were deleted or changed since."}
      </p>
      <ol class="prompt">
        {partsOf(prompt, sessionId).map(({ part, role, content, source }, at) => (
          <li key={at} class={part}>
            <p class="quiet">
              <span class={`swatch ${part}`} aria-hidden="true" />
              {names.get(part)} · {role}
              {source && (
                <>
                  {" · "}
                  <a href={hashOf(source)} onClick={onClose}>
                    message {source.seq}
                  </a>
                </>
              )}
            </p>
            <pre class="wrap" dir="auto" tabindex={0}>
              {quoted[part] ? <QuotedLines content={content} sources={quoted[part]} onGo={onClose} /> : content}
            </pre>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
