/** The details of an answer: the messages in its prompt, their scores, and the cost. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Memory, Message, Model, Turn } from "./api";
import { ContextChange } from "./context-change";
import { dollarsOf, priceText } from "./costs";
import { changeFacts, missingFact } from "./fact-actions";
import { failureOf } from "./failure-text";
import { PromptChart } from "./prompt-chart";
import { RecalledList } from "./recalled-list";
import { isOperator } from "./rights";
import { SessionTimeline } from "./session-timeline";
import type { PageState } from "./state";
import { countText, numberText } from "./text-format";
import { TurnPrompt } from "./turn-prompt";
import { WhyNot } from "./why-not";

function secondsOf({ createdAt, finishedAt }: Turn): string | undefined {
  if (finishedAt === null) return undefined;
  return `${((Date.parse(finishedAt) - Date.parse(createdAt)) / 1_000).toFixed(1)} s`;
}

function TurnSummary({ turn, models }: { turn: Turn; models: Model[] }) {
  const answer = `answer ${countText(turn.usage.completionTokens, "token")}`;
  const dollars = dollarsOf(turn.model, turn.usage, models);
  const price = dollars === undefined ? undefined : priceText(dollars);
  const parts = [turn.model, secondsOf(turn), answer, price];
  return <p class="quiet">{parts.filter(Boolean).join(" · ")}</p>;
}

function FactsUsed({ page, ids }: { page: PageState; ids: string[] }) {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => void changeFacts(page).then(() => setLoaded(true)), []);
  if (ids.length === 0) return null;
  const texts = new Map(page.facts.map(({ id, text }) => [id, text]));
  return (
    <section>
      <h3>{countText(ids.length, "fact")}</h3>
      <ul class="plain-list">
        {ids.map((id) => (
          <li key={id} dir="auto">
            {texts.get(id) ?? (loaded ? missingFact(page) : "…")}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ContextViewProps {
  page: PageState;
  memory: Memory;
  /** Tokens of the prompt as the model or the server counted them. */
  promptTokens: number;
}

/** Shows the content of a prompt, of a turn or of a preview. */
export function ContextView({ page, memory, promptTokens }: ContextViewProps) {
  const { sessionId } = page.location;
  const { prompt, user } = memory;
  return (
    <>
      {prompt ? (
        <PromptChart prompt={prompt} counted={promptTokens} />
      ) : (
        <p>Prompt: {numberText(promptTokens)} tokens</p>
      )}
      <SessionTimeline page={page} memory={memory} />
      <RecalledList api={page.api} memory={memory} sessionId={sessionId} />
      {user && <FactsUsed page={page} ids={user.facts} />}
      {user && !user.answered && (
        <p class="quiet">Your facts and other conversations did not arrive in time for this answer.</p>
      )}
    </>
  );
}

/** Summarizes the memory of an answer. */
function summaryOf({ recalled, user }: Memory): string {
  const sessions = new Set(recalled.map(({ sessionId }) => sessionId)).size;
  const facts = user?.facts.length ?? 0;
  const parts = [
    recalled.length > 0 && `${countText(recalled.length, "excerpt")} from ${countText(sessions, "conversation")}`,
    facts > 0 && countText(facts, "fact"),
  ].filter((part) => part !== false);
  return ["Details", parts.join(", ")].filter(Boolean).join(": ");
}

interface AnswerDetailsProps {
  page: PageState;
  message: Message;
  /** The turn of the previous answer. */
  previousTurnId: string | undefined;
}

/** The chip below an answer, and the details that it opens. They are requested when they are opened. */
export function AnswerDetails({ page, message, previousTurnId }: AnswerDetailsProps) {
  const [open, setOpen] = useState(false);
  const [turn, setTurn] = useState<Turn | null>(null);
  const [failure, setFailure] = useState("");
  const { turnId } = message;
  const { sessionId } = page.location;
  if (turnId === undefined) return null;
  const memory = turn?.memory ?? page.memories.get(turnId);
  const toggle = () => {
    setOpen(!open);
    setFailure("");
    if (open || turn) return;
    page.api.turn(sessionId, turnId).then(setTurn, (error: unknown) => setFailure(failureOf(error).text));
  };
  const question = page.window.messages.find((one) => one.turnId === turnId && one.role === "user");
  // The question may be older than the messages that are loaded. Its answer follows it.
  const asked = question?.seq ?? message.seq - 1;
  const id = `details-${message.seq}`;
  return (
    <>
      <button type="button" class="chip" aria-expanded={String(open)} aria-controls={id} onClick={toggle}>
        {memory ? summaryOf(memory) : "Details"}
      </button>
      <div id={id} class="answer-details" hidden={!open}>
        {failure && <p role="alert">{failure}</p>}
        {open && !turn && !failure && <p class="quiet">Loading…</p>}
        {open && turn && (
          <>
            <TurnSummary turn={turn} models={page.models} />
            {isOperator(page) && <TurnPrompt page={page} turn={turn} />}
            <ContextView page={page} memory={turn.memory} promptTokens={turn.usage.promptTokens} />
            {isOperator(page) && <WhyNot page={page} question={turn.question} asked={asked} />}
            {previousTurnId !== undefined && (
              <ContextChange page={page} memory={turn.memory} previousTurnId={previousTurnId} />
            )}
          </>
        )}
      </div>
    </>
  );
}
