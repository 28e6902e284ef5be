/** An unfinished turn: its question, and the answer so far. */
import { CopyButton } from "./clipboard";
import { Markdown } from "./markdown";
import { answererOf } from "./message-view";
import type { PageTurn } from "./page-turn";
import { PlainOnError } from "./plain-on-error";
import type { PageState } from "./state";

const PROGRESS: Record<PageTurn["state"], string> = {
  waiting: "Waiting for the previous answer…",
  sending: "Sending…",
  answering: "",
  failed: "",
  done: "",
};

function progressOf({ state, stopping, reconnecting }: PageTurn): string {
  if (reconnecting) return "Connection lost. Reconnecting…";
  return stopping ? "Stopping…" : PROGRESS[state];
}

export function TurnView({ turn, page }: { turn: PageTurn; page: PageState }) {
  const { question, answer, state, failure } = turn;
  const progress = progressOf(turn);
  return (
    <>
      <article class="message user">
        <header>
          <b>You</b>
        </header>
        <p class="plain" dir="auto">
          {question}
        </p>
        <footer>
          <CopyButton text={question} />
        </footer>
      </article>
      <article class="message assistant" aria-busy={String(state !== "failed" && state !== "done")}>
        <header>
          <b>{answererOf(page)}</b>
        </header>
        {answer && (
          <PlainOnError text={answer}>
            <Markdown text={answer} limit={turn.shown} />
          </PlainOnError>
        )}
        {progress && (
          <p class="quiet" role="status">
            {progress}
          </p>
        )}
        {failure && <p role="alert">{failure.text}</p>}
        {state === "done" && (
          <footer>
            <CopyButton text={answer} />
          </footer>
        )}
        {(state === "failed" || state === "waiting") && (
          <p class="row">
            {state === "failed" && (
              <button type="button" onClick={() => page.turns.retry(turn)}>
                Try again
              </button>
            )}
            <button type="button" onClick={() => void page.turns.stop(turn)}>
              Discard
            </button>
          </p>
        )}
      </article>
    </>
  );
}
