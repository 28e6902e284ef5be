/** Explains any message for a question, to come or answered: its rank, its score by part, and the tokens that it missed by. */
import { useState } from "hono/jsx/dom";
import type { Explanation, Memory, Message } from "./api";
import { fieldOf } from "./dialog";
import { failureOf } from "./failure-text";
import { MessageLinks } from "./message-links";
import type { PageState } from "./state";
import { countText, numberText } from "./text-format";

/** Messages that a search for words explains. */
const MAX_FOUND = 5;

const PARTS = ["words", "neighbours", "speaker", "date", "meaning"] as const;

interface Explained {
  memory: Memory;
  messages: { message: Message; explanation: Explanation }[];
}

/**
 * Describes in words whether a message is in the prompt, and why.
 * @param asked the seq of the question, if it was asked already: no prompt of it can contain itself or later messages
 */
function reasonOf(explanation: Explanation, { window }: Memory, asked = Number.POSITIVE_INFINITY): string {
  const { seq, rank, recalled, tokens, missedBy } = explanation;
  if (seq >= asked) return seq === asked ? "This is the question." : "It came after the question.";
  if (window && seq >= window.fromSeq && seq <= window.toSeq) return "In the prompt, among the recent messages.";
  if (rank === null) return "Not recalled: nothing in it, or near it, matches the question.";
  if (recalled) return `Recalled, rank ${numberText(rank)}.`;
  const missed =
    missedBy === null || missedBy === 0
      ? ""
      : ` It missed by ${numberText(missedBy)} of its ${countText(tokens, "token")}.`;
  return `Not recalled, rank ${numberText(rank)}.${missed}`;
}

/** Describes the score by part; empty for a message that cannot be in the prompt, and for one without a score. */
function scoreOf(explanation: Explanation, asked = Number.POSITIVE_INFINITY): string {
  const parts = PARTS.filter((part) => explanation[part] !== 0).map(
    (part) => `${part} ${explanation[part].toFixed(1)}`,
  );
  if (parts.length === 0 || explanation.seq >= asked) return "";
  return ` Score ${explanation.score.toFixed(1)}: ${parts.join(", ")}.`;
}

interface WhyNotProps {
  page: PageState;
  question: string;
  /** The seq of the question, if it was asked already. The explanation uses the memory of today. */
  asked?: number;
}

export function WhyNot({ page, question, asked }: WhyNotProps) {
  const [explained, setExplained] = useState<Explained | null>(null);
  const [failure, setFailure] = useState("");
  const { sessionId } = page.location;
  const explain = async (wanted: string) => {
    setFailure("");
    setExplained(null);
    try {
      const found = /^\d+$/.test(wanted) ? [Number(wanted)] : await search(wanted);
      const options = { explain: found };
      const preview = found.length > 0 ? await page.api.preview(sessionId, question, page.userId, options) : undefined;
      const all = preview?.explained ?? [];
      if (!preview || all.length === 0) return setFailure("This conversation has no such message.");
      const seqs = all.map(({ seq }) => seq);
      const messages = await page.api.pick(sessionId, seqs);
      const rows = all.flatMap((explanation) => {
        const message = messages.find(({ seq }) => seq === explanation.seq);
        return message ? [{ message, explanation }] : [];
      });
      setExplained({ memory: preview.memory, messages: rows });
    } catch (error) {
      setFailure(failureOf(error).text);
    }
  };
  const search = async (words: string) => (await page.api.search(sessionId, words, MAX_FOUND)).map(({ seq }) => seq);
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = fieldOf(event, "message");
    if (wanted !== "") void explain(wanted);
  };
  return (
    <section class="why-not">
      <h3>{asked === undefined ? "Why not this one?" : "If you asked this now"}</h3>
      <form class="row" onSubmit={submit}>
        <input
          name="message"
          aria-label="Number or words of a message"
          placeholder="Number or words of a message"
          dir="auto"
          required
          data-max={1000}
        />
        <button type="submit">Explain</button>
      </form>
      {failure && <p role="alert">{failure}</p>}
      <div role="status">
        {explained && (
          <MessageLinks
            links={explained.messages.map(({ message, explanation }) => ({
              sessionId,
              seq: message.seq,
              content: message.content,
              about: `Message ${message.seq}: ${reasonOf(explanation, explained.memory, asked)}${scoreOf(explanation, asked)}`,
            }))}
          />
        )}
      </div>
    </section>
  );
}
