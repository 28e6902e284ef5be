/** Beside an answer: what was remembered for it, why, and what it cost. */
import { useEffect, useState } from "hono/jsx/dom";
import { type Api, type Memory, type Message, type Model, type Turn, toldOf } from "./api";
import { hashOf } from "./place";
import { Shares, Strip } from "./shares";

/** Recalled messages that are shown before somebody wants all. */
const FIRST = 6;

type Found = Memory["recalled"][number] & { message?: Message | undefined };

/** Recalled messages with what they say: one request a session. */
async function found(api: Api, recalled: Memory["recalled"]): Promise<Found[]> {
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

const dayOf = (time: string) => new Date(time).toLocaleDateString("en", { dateStyle: "medium" });

function RecalledList({ api, memory, sessionId }: { api: Api; memory: Memory; sessionId: string }) {
  const [messages, setMessages] = useState<Found[]>([]);
  const [all, setAll] = useState(false);
  const shown = all ? memory.recalled : memory.recalled.slice(0, FIRST);
  useEffect(() => {
    void found(api, shown).then(setMessages);
  }, [memory, all]);
  if (memory.recalled.length === 0) return <p class="quiet">Nothing older was recalled.</p>;
  return (
    <>
      <ol class="recalled">
        {messages.map((one) => (
          <li key={`${one.sessionId} ${one.seq}`}>
            <a href={hashOf(one)}>
              <span class="what">{one.message?.content.slice(0, 300) ?? "It is not there any more."}</span>
            </a>
            <span class="quiet">
              {one.message && `${one.message.name ?? one.message.role}, ${dayOf(one.message.createdAt)} · `}
              {one.sessionId === sessionId ? `message ${one.seq}` : `another conversation, message ${one.seq}`} · score{" "}
              {one.score.toFixed(1)}
              {one.words !== undefined &&
                one.meaning !== undefined &&
                ` (words ${one.words.toFixed(1)}, meaning ${one.meaning.toFixed(1)})`}
            </span>
          </li>
        ))}
      </ol>
      {memory.recalled.length > shown.length && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show all {memory.recalled.length}
        </button>
      )}
    </>
  );
}

/** At the model's list price, in US dollars. */
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
  const told = [turn.model, secondsOf(turn), `${promptTokens} + ${completionTokens} tokens`, priceOf(turn, models)];
  return <p class="quiet">{told.filter(Boolean).join(" · ")}</p>;
}

export function MemoryView({
  api,
  memory,
  sessionId,
  total,
}: {
  api: Api;
  memory: Memory;
  sessionId: string;
  total: number;
}) {
  const { user } = memory;
  return (
    <>
      {memory.prompt && <Shares prompt={memory.prompt} />}
      <Strip memory={memory} sessionId={sessionId} total={total} />
      <RecalledList api={api} memory={memory} sessionId={sessionId} />
      {user && !user.answered && <p class="quiet">What is known of you came too late for this answer.</p>}
      {memory.recall === "words+meaning" && <p class="quiet">Found by words and by meaning.</p>}
    </>
  );
}

/** What of an answer is behind it; read when somebody opens it. */
export function Inside({
  api,
  message,
  sessionId,
  total,
  models,
}: {
  api: Api;
  message: Message;
  sessionId: string;
  total: number;
  models: Model[];
}) {
  const [turn, setTurn] = useState<Turn | null>(null);
  const [failure, setFailure] = useState("");
  const open = (event: Event) => {
    const { turnId } = message;
    if (turn || turnId === undefined || !(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    api.turn(sessionId, turnId).then(setTurn, (error: unknown) => setFailure(toldOf(error).text));
  };
  return (
    <details class="inside" onToggle={open}>
      <summary>Look inside</summary>
      {failure && <p role="alert">{failure}</p>}
      {turn && (
        <>
          <TurnFacts turn={turn} models={models} />
          <MemoryView api={api} memory={turn.memory} sessionId={sessionId} total={total} />
        </>
      )}
    </details>
  );
}
