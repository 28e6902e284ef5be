/** The messages that were recalled for a prompt, with their scores. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Api, Memory } from "./api";
import { MessageLinks } from "./message-links";
import { type RecalledWithText, withTexts } from "./recalled-texts";
import { dayText, excerptText } from "./text-format";

/** Recalled messages that are shown first. */
const FIRST = 6;
/** Recalled messages whose texts are requested. */
const MAX_SHOWN = 100;

/** Describes a recalled message: speaker, date, location, scores. @param own the session that is shown */
function aboutOf({ message, sessionId, seq, score, words, meaning }: RecalledWithText, own: string): string {
  const position = sessionId === own ? `message ${seq}` : `another conversation, message ${seq}`;
  const parts =
    words === undefined || meaning === undefined ? "" : ` (words ${words.toFixed(1)}, meaning ${meaning.toFixed(1)})`;
  const speaker = message && `${message.name ?? message.role}, ${dayText(message.createdAt)}`;
  return [speaker, position, `score ${score.toFixed(1)}${parts}`].filter(Boolean).join(" · ");
}

interface RecalledListProps {
  api: Api;
  memory: Memory;
  sessionId: string;
}

export function RecalledList({ api, memory, sessionId }: RecalledListProps) {
  const [messages, setMessages] = useState<RecalledWithText[]>([]);
  const [all, setAll] = useState(false);
  const { recalled, recall } = memory;
  const shown = recalled.slice(0, all ? MAX_SHOWN : FIRST);
  useEffect(() => {
    let stale = false;
    void withTexts(api, shown).then((read) => stale || setMessages(read));
    return () => {
      stale = true;
    };
  }, [memory, all]);
  if (recalled.length === 0) return <p class="quiet">No older messages were recalled.</p>;
  return (
    <section>
      <h3>Recalled by {recall === "words" ? "words" : "words and meaning"}</h3>
      <MessageLinks
        links={messages.map((one) => ({
          ...one,
          content: one.message ? excerptText(one.message.content, one) : "This message was deleted.",
          about: aboutOf(one, sessionId),
        }))}
      />
      {recalled.length > shown.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show all {recalled.length}
        </button>
      )}
    </section>
  );
}
