/** The details of an answer: the messages in its prompt, their scores, and the cost. */
import { useEffect, useState } from "hono/jsx/dom";
import { type Api, failureOf, type Memory, type Message, type Model, type Turn } from "./api";
import { dayOf, MessageLinks } from "./message-links";
import { PromptChart, SessionTimeline } from "./prompt-chart";

/** Recalled messages that are shown first. */
const FIRST = 6;

type RecalledWithText = Memory["recalled"][number] & { message?: Message | undefined };

/** Adds the texts of recalled messages: one request per session. */
async function withTexts(api: Api, recalled: Memory["recalled"]): Promise<RecalledWithText[]> {
  const bySession = Map.groupBy(recalled.slice(0, 100), ({ sessionId }) => sessionId);
  const read = await Promise.all(
    [...bySession].map(async ([sessionId, some]) => {
      const messages = await api
        .pick(
          sessionId,
          some.map(({ seq }) => seq),
        )
        .catch((): Message[] => []);
      return messages.map((message): [string, Message] => [`${sessionId} ${message.seq}`, message]);
    }),
  );
  const byPlace = new Map(read.flat());
  return recalled.map((one) => ({ ...one, message: byPlace.get(`${one.sessionId} ${one.seq}`) }));
}

/** Describes a recalled message: speaker, date, location, scores. @param own the session that is shown */
function aboutOf({ message, sessionId, seq, score, words, meaning }: RecalledWithText, own: string): string {
  const position = sessionId === own ? `message ${seq}` : `another conversation, message ${seq}`;
  const parts =
    words === undefined || meaning === undefined ? "" : ` (words ${words.toFixed(1)}, meaning ${meaning.toFixed(1)})`;
  const speaker = message && `${message.name ?? message.role}, ${dayOf(message.createdAt)}`;
  return [speaker, position, `score ${score.toFixed(1)}${parts}`].filter(Boolean).join(" · ");
}

/** The session that is shown. */
interface ShownSession {
  api: Api;
  sessionId: string;
  /** The number of its messages. */
  total: number;
}

function RecalledList({ api, memory, sessionId }: Omit<ShownSession, "total"> & { memory: Memory }) {
  const [messages, setMessages] = useState<RecalledWithText[]>([]);
  const [all, setAll] = useState(false);
  const shown = all ? memory.recalled : memory.recalled.slice(0, FIRST);
  useEffect(() => {
    let stale = false;
    void withTexts(api, shown).then((read) => stale || setMessages(read));
    return () => {
      stale = true;
    };
  }, [memory, all]);
  if (memory.recalled.length === 0) return <p class="quiet">No older messages were recalled.</p>;
  return (
    <>
      <MessageLinks
        links={messages.map((one) => ({
          ...one,
          content: one.message?.content ?? "This message was deleted.",
          about: aboutOf(one, sessionId),
        }))}
      />
      {memory.recalled.length > shown.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show all {memory.recalled.length}
        </button>
      )}
    </>
  );
}

/** Returns the cost at the model's list price, in US dollars. */
function priceOf({ model, usage }: Turn, models: Model[]): string | undefined {
  const pricing = models.find(({ id }) => id === model)?.pricing;
  if (!pricing) return undefined;
  const dollars = (usage.promptTokens * pricing.prompt + usage.completionTokens * pricing.completion) / 1_000_000;
  return `$${dollars.toPrecision(2)} at list price`;
}

function secondsOf({ createdAt, finishedAt }: Turn): string | undefined {
  if (finishedAt === null) return undefined;
  return `${((Date.parse(finishedAt) - Date.parse(createdAt)) / 1_000).toFixed(1)} s`;
}

function TurnFacts({ turn, models }: { turn: Turn; models: Model[] }) {
  const { promptTokens, completionTokens } = turn.usage;
  const parts = [turn.model, secondsOf(turn), `${promptTokens} + ${completionTokens} tokens`, priceOf(turn, models)];
  return <p class="quiet">{parts.filter(Boolean).join(" · ")}</p>;
}

export function ContextView({ memory, ...session }: ShownSession & { memory: Memory }) {
  const { user } = memory;
  return (
    <>
      {memory.prompt && <PromptChart prompt={memory.prompt} />}
      <SessionTimeline memory={memory} {...session} />
      <RecalledList memory={memory} {...session} />
      {user && !user.answered && (
        <p class="quiet">Your facts and other conversations did not arrive in time for this answer.</p>
      )}
      {memory.recall === "words+meaning" && <p class="quiet">Recalled by words and by meaning.</p>}
    </>
  );
}

/** The details of an answer, requested when they are opened. */
export function AnswerDetails({ message, models, ...session }: ShownSession & { message: Message; models: Model[] }) {
  const [turn, setTurn] = useState<Turn | null>(null);
  const [failure, setFailure] = useState("");
  const open = (event: Event) => {
    const { turnId } = message;
    if (turn || turnId === undefined || !(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    session.api.turn(session.sessionId, turnId).then(setTurn, (error: unknown) => setFailure(failureOf(error).text));
  };
  return (
    <details class="answer-details" onToggle={open}>
      <summary>Details</summary>
      {failure && <p role="alert">{failure}</p>}
      {turn && (
        <>
          <TurnFacts turn={turn} models={models} />
          <ContextView memory={turn.memory} {...session} />
        </>
      )}
    </details>
  );
}
