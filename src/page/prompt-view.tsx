/** The exact prompt of the next question, coloured by part. Each quoted message links to the original. */
import type { Child } from "hono/jsx";
import type { Preview } from "./api";
import { Dialog } from "./dialog";
import { hashOf, type PageLocation } from "./page-location";
import { PROMPT_PARTS, type PromptPart } from "./prompt-chart";
import { numberText } from "./text-format";

interface PromptMessage {
  part: PromptPart;
  role: string;
  content: string;
  /** The message of the transcript, if the prompt message is one. */
  source?: Required<PageLocation> | undefined;
}

/** Returns the messages of a prompt with their parts: system prompt, window, facts, recalled messages, question. */
function partsOf({ messages, memory }: Preview, sessionId: string): PromptMessage[] {
  const recalled = (memory.prompt?.recalled ?? memory.recalled.length) > 0 ? 1 : 0;
  const facts = (memory.prompt?.facts ?? 0) > 0 ? 1 : 0;
  const question = messages.length - 1;
  const windowEnd = question - recalled - facts;
  const { window } = memory;
  // Deleted messages leave holes: the seqs are known only if there are none.
  const isWhole = window !== null && window.toSeq - window.fromSeq + 1 === windowEnd - 1;
  return messages.map(({ role, content }, at) => {
    if (at === question) return { part: "question", role, content };
    if (at === 0) return { part: "system", role, content };
    if (at >= windowEnd) return { part: facts === 1 && at === windowEnd ? "facts" : "recalled", role, content };
    return { part: "window", role, content, source: isWhole ? { sessionId, seq: window.fromSeq + at - 1 } : undefined };
  });
}

/** Splits the quotations of a prompt into lines, and links the first line of each to its message. */
function QuotedLines({ content, recalled, onGo }: { content: string; recalled: LinkedQuotation[]; onGo: () => void }) {
  const sources = [...recalled].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.seq - b.seq);
  let at = 0;
  return (
    <>
      {content.split("\n").map((line): Child => {
        // Further lines of a quotation are indented.
        const source = /^> \S/.test(line) ? sources[at++] : undefined;
        if (!source || !line.includes(firstWordsOf(source.content))) return `${line}\n`;
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

type LinkedQuotation = Preview["memory"]["recalled"][number];

const firstWordsOf = (content: string) => content.trimStart().split("\n", 1)[0]?.slice(0, 20) ?? "";

interface PromptDialogProps {
  preview: Preview;
  sessionId: string;
  onClose: () => void;
}

export function PromptDialog({ preview, sessionId, onClose }: PromptDialogProps) {
  const names = new Map<string, string>(PROMPT_PARTS);
  return (
    <Dialog title="Prompt" onClose={onClose}>
      <p class="quiet">
        {preview.model} will receive these {preview.messages.length} messages, {numberText(preview.promptTokens)}{" "}
        tokens.
      </p>
      <ol class="prompt">
        {partsOf(preview, sessionId).map(({ part, role, content, source }, at) => (
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
              {part === "recalled" ? (
                <QuotedLines content={content} recalled={preview.memory.recalled} onGo={onClose} />
              ) : (
                content
              )}
            </pre>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
