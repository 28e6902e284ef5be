/** A stored message of the transcript. */
import { memo, useState } from "hono/jsx/dom";
import { AnswerDetails } from "./answer-details";
import type { Message } from "./api";
import { LongText } from "./long-text";
import { Markdown } from "./markdown";
import { MessageActions } from "./message-actions";
import { hashOf } from "./page-location";
import { PlainOnError } from "./plain-on-error";
import { QuestionForm } from "./question-form";
import type { PageState } from "./state";
import { isStandIn } from "./suggestions";
import { timeText } from "./text-format";
import { editQuestion } from "./turn-actions";

const STATUS: Record<Message["status"], string> = {
  running: "",
  complete: "",
  interrupted: "This answer was cut off.",
  cancelled: "This answer was stopped.",
};

/** Returns the name of the speaker of an answer. */
export const answererOf = (page: PageState): string => (isStandIn(page) ? "Stand-in" : "Llama");

/** An assistant message without a turn was imported or appended: another model may have written it. */
const speakerOf = ({ name, role, turnId }: Message, answerer: string) =>
  name ?? { user: "You", assistant: turnId ? answerer : "Assistant", system: "System", tool: "Function" }[role];

interface MessageViewProps {
  page: PageState;
  message: Message;
  answerer: string;
  /** The turn of the previous answer. */
  previousTurnId: string | undefined;
  /** Whether the URL names this message. */
  marked: boolean;
  /** Whether its turn is the last one of the session, and has ended. */
  isLast: boolean;
  /** Changes when the details of the answer may be drawn differently. */
  version: string;
}

export const MessageView = memo(({ page, message, answerer, previousTurnId, marked, isLast }: MessageViewProps) => {
  const { seq, role, content, createdAt, status } = message;
  /** The text that the form begins with; null if there is no form. */
  const [edited, setEdited] = useState<string | null>(null);
  const speaker = speakerOf(message, answerer);
  const endEdit = async (text: string | null) => {
    setEdited(null);
    document.getElementById(`m${seq}`)?.focus();
    // The form comes back with a text that was not taken.
    if (text !== null && !(await editQuestion(page, message, text, isLast))) setEdited(text);
  };
  return (
    <article
      id={`m${seq}`}
      class={`message ${role}${marked ? " marked" : ""}`}
      tabindex={-1}
      aria-label={`${speaker}, message ${seq}`}
    >
      <header>
        <b>{speaker}</b>
        <a href={hashOf({ sessionId: page.location.sessionId, seq })} class="quiet" title={`Message ${seq}`}>
          <time dateTime={createdAt}>{timeText(createdAt)}</time>
        </a>
      </header>
      {edited !== null ? (
        <QuestionForm question={edited} replaces={isLast} onEnd={(text) => void endEdit(text)} />
      ) : (
        <LongText text={content}>
          {(text) =>
            role === "assistant" ? (
              <PlainOnError text={text}>
                <Markdown text={text} onGrow={() => page.changed()} />
              </PlainOnError>
            ) : (
              <p class="plain" dir="auto">
                {text}
              </p>
            )
          }
        </LongText>
      )}
      {role === "assistant" && STATUS[status] && <p class="quiet">{STATUS[status]}</p>}
      {edited === null && (
        <footer>
          <MessageActions page={page} message={message} isLast={isLast} onEdit={() => setEdited(content)} />
          {role === "assistant" && (
            <PlainOnError text="The details cannot be shown.">
              <AnswerDetails page={page} message={message} previousTurnId={previousTurnId} />
            </PlainOnError>
          )}
        </footer>
      )}
    </article>
  );
});
