/** The conversation: what was said, and what is being said. */
import { memo, useEffect, useLayoutEffect, useRef } from "hono/jsx/dom";
import { Inside } from "./answer-details";
import type { Api, Message, Model } from "./api";
import { LongText } from "./long-text";
import { Markdown } from "./markdown";
import type { Ask } from "./page-turns";
import { hashOf } from "./place";
import type { PageState } from "./state";

/** Pixels from the end in which whoever reads goes along with it. */
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
      {role === "assistant" && turnId !== undefined && <Inside {...{ api, message, sessionId, total, models }} />}
    </article>
  );
});

const WAITS: Record<Ask["state"], string> = {
  waiting: "Waits for the answer before it…",
  asked: "Asking…",
  answering: "",
  stopping: "Stopping…",
  failed: "",
};

function AskView({ ask, page }: { ask: Ask; page: PageState }) {
  const { question, answer, state, failure } = ask;
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
            <button type="button" onClick={() => page.asks.again(ask)}>
              Ask again
            </button>
          )}
          {(state === "waiting" || state === "failed" || state === "answering") && (
            <button type="button" class="stop" onClick={() => void page.asks.stop(ask)}>
              {state === "answering" ? "Stop" : "Take back"}
            </button>
          )}
        </p>
      </article>
    </>
  );
}

export function Transcript({ page }: { page: PageState }) {
  const { window, spot, total, models, api } = page;
  const here = window.sessionId === spot.sessionId;
  const asks = page.asks.of(spot.sessionId);
  // A question that this page follows stands among its asks.
  const followed = new Set(asks.flatMap(({ turnId }) => turnId ?? []));
  const messages = here
    ? window.messages.filter(({ turnId, status }) => status !== "running" && !followed.has(turnId ?? ""))
    : [];
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const first = messages[0]?.seq;

  // What is said last stays in sight, unless somebody reads further up; what comes in above moves nothing.
  const height = useRef({ first, full: 0 });
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const before = height.current;
    if (spot.seq === undefined && atEnd.current) current.scrollTop = current.scrollHeight;
    else if (before.first !== undefined && first !== undefined && first < before.first)
      current.scrollTop += current.scrollHeight - before.full;
    height.current = { first, full: current.scrollHeight };
  });
  useEffect(() => {
    if (spot.seq === undefined) return;
    const message = document.getElementById(`m${spot.seq}`);
    message?.scrollIntoView({ block: "center" });
    message?.focus();
  }, [spot.seq, spot.sessionId, here && spot.seq !== undefined && window.has(spot.seq)]);

  const scrolled = () => {
    const { current } = list;
    if (current) atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR;
  };
  const empty = here && !page.loading && messages.length === 0 && asks.length === 0;
  return (
    <div class="transcript" ref={list} onScroll={scrolled} role="log" aria-label="Conversation" tabindex={0}>
      {here && window.older && (
        <button type="button" class="more" onClick={() => void page.older()}>
          Show older messages
        </button>
      )}
      {empty && (
        <p class="empty">
          Say something. It will be remembered, in this conversation and, if you say who you are, in all of yours.
        </p>
      )}
      {messages.map((message) => (
        <MessageView
          key={message.seq}
          {...{ api, message, total, models }}
          sessionId={spot.sessionId}
          marked={message.seq === spot.seq}
        />
      ))}
      {here && window.newer && (
        <button type="button" class="more" onClick={() => void page.newer()}>
          Show newer messages
        </button>
      )}
      {asks.map((ask) => (
        <AskView key={ask.key || ask.turnId} ask={ask} page={page} />
      ))}
    </div>
  );
}
