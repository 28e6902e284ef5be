/** The conversation: stored messages and running turns. */
import { memo, useEffect, useLayoutEffect, useRef } from "hono/jsx/dom";
import { AnswerDetails } from "./answer-details";
import type { Api, Message, Model } from "./api";
import { LongText } from "./long-text";
import { Markdown } from "./markdown";
import { hashOf } from "./page-location";
import type { PageTurn } from "./page-turns";
import type { PageState } from "./state";

/** Pixels from the end within which the view follows new text. */
const NEAR = 120;

const timeOf = (time: string) => new Date(time).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });

const STATUS: Record<Message["status"], string> = {
  running: "",
  complete: "",
  interrupted: "This answer was cut off.",
  cancelled: "This answer was stopped.",
};

const speakerOf = ({ name, role }: Pick<Message, "name" | "role">) =>
  name ?? { user: "You", assistant: "Llama", system: "System", tool: "Function" }[role];

interface Shown {
  api: Api;
  message: Message;
  sessionId: string;
  total: number;
  models: Model[];
  marked: boolean;
}

const MessageView = memo(({ api, message, sessionId, total, models, marked }: Shown) => {
  const { seq, role, content, createdAt, status, turnId } = message;
  return (
    <article
      id={`m${seq}`}
      class={`message ${role}${marked ? " marked" : ""}`}
      tabindex={-1}
      aria-label={`${speakerOf(message)}, message ${seq}`}
    >
      <header>
        <b>{speakerOf(message)}</b>
        <a href={hashOf({ sessionId, seq })} class="quiet" title={`Message ${seq}`}>
          <time dateTime={createdAt}>{timeOf(createdAt)}</time>
        </a>
      </header>
      <LongText text={content}>
        {(text) => (role === "assistant" ? <Markdown text={text} /> : <p class="plain">{text}</p>)}
      </LongText>
      {role === "assistant" && STATUS[status] && <p class="quiet">{STATUS[status]}</p>}
      {role === "assistant" && turnId !== undefined && (
        <AnswerDetails {...{ api, message, sessionId, total, models }} />
      )}
    </article>
  );
});

const WAITS: Record<PageTurn["state"], string> = {
  waiting: "Waiting for the previous answer…",
  asked: "Sending…",
  answering: "",
  stopping: "Stopping…",
  failed: "",
};

function PageTurnView({ turn, page }: { turn: PageTurn; page: PageState }) {
  const { question, answer, state, failure } = turn;
  return (
    <>
      <article class="message user">
        <header>
          <b>You</b>
        </header>
        <p class="plain">{question}</p>
      </article>
      <article class="message assistant" aria-busy={state !== "failed"}>
        <header>
          <b>Llama</b>
        </header>
        {answer && <Markdown text={answer} />}
        {WAITS[state] && <p class="quiet">{WAITS[state]}</p>}
        {failure && <p role="alert">{failure.text}</p>}
        <p class="actions">
          {state === "failed" && (
            <button type="button" onClick={() => page.turns.retry(turn)}>
              Try again
            </button>
          )}
          {(state === "waiting" || state === "failed" || state === "answering") && (
            <button type="button" class="stop" onClick={() => void page.turns.stop(turn)}>
              {state === "answering" ? "Stop" : "Discard"}
            </button>
          )}
        </p>
      </article>
    </>
  );
}

export function Transcript({ page }: { page: PageState }) {
  const { window, location, total, models, api } = page;
  const here = window.sessionId === location.sessionId;
  const turns = page.turns.of(location.sessionId);
  // A followed question is shown as a turn, not twice.
  const followed = new Set(turns.flatMap(({ turnId }) => turnId ?? []));
  const messages = here
    ? window.messages.filter(({ turnId, status }) => status !== "running" && !followed.has(turnId ?? ""))
    : [];
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const first = messages[0]?.seq;

  // Keeps the end in view unless the user scrolled up. Messages inserted above do not move the view.
  const height = useRef({ first, full: 0 });
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const before = height.current;
    if (location.seq === undefined && atEnd.current) current.scrollTop = current.scrollHeight;
    else if (before.first !== undefined && first !== undefined && first < before.first)
      current.scrollTop += current.scrollHeight - before.full;
    height.current = { first, full: current.scrollHeight };
  });
  useEffect(() => {
    if (location.seq === undefined) return;
    const message = document.getElementById(`m${location.seq}`);
    message?.scrollIntoView({ block: "center" });
    message?.focus();
  }, [location.seq, location.sessionId, here && location.seq !== undefined && window.has(location.seq)]);

  const scrolled = () => {
    const { current } = list;
    if (current) atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR;
  };
  const empty = here && !page.loading && messages.length === 0 && turns.length === 0;
  return (
    <div class="transcript" ref={list} onScroll={scrolled} role="log" aria-label="Conversation" tabindex={0}>
      {here && window.older && (
        <button type="button" class="more" onClick={() => void page.older()}>
          Show older messages
        </button>
      )}
      {empty && (
        <p class="empty">
          Start talking. I remember this conversation. Add your name and I remember you in all of them.
        </p>
      )}
      {messages.map((message) => (
        <MessageView
          key={message.seq}
          {...{ api, message, total, models }}
          sessionId={location.sessionId}
          marked={message.seq === location.seq}
        />
      ))}
      {here && window.newer && (
        <button type="button" class="more" onClick={() => void page.newer()}>
          Show newer messages
        </button>
      )}
      {turns.map((turn) => (
        <PageTurnView key={turn.key || turn.turnId} turn={turn} page={page} />
      ))}
    </div>
  );
}
