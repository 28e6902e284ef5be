/** Beside an answer: what was remembered for it, why, and what it cost. */
import { useEffect, useState } from "hono/jsx/dom";
import { type Api, type Memory, type Message, type Model, type Turn, toldOf } from "./api";
import { dayOf, Places } from "./places";
import { Shares, Strip } from "./prompt-chart";

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

/** Who said a message and when, where it stands, and why it was recalled. @param own the session that is looked at */
function aboutOf({ message, sessionId, seq, score, words, meaning }: Found, own: string): string {
  const place = sessionId === own ? `message ${seq}` : `another conversation, message ${seq}`;
  const parts =
    words === undefined || meaning === undefined ? "" : ` (words ${words.toFixed(1)}, meaning ${meaning.toFixed(1)})`;
  const who = message && `${message.name ?? message.role}, ${dayOf(message.createdAt)}`;
  return [who, place, `score ${score.toFixed(1)}${parts}`].filter(Boolean).join(" · ");
}

/** The session that is looked at. */
interface Looked {
  api: Api;
  sessionId: string;
  /** How many messages it has. */
  total: number;
}

function RecalledList({ api, memory, sessionId }: Omit<Looked, "total"> & { memory: Memory }) {
  const [messages, setMessages] = useState<Found[]>([]);
  const [all, setAll] = useState(false);
  const shown = all ? memory.recalled : memory.recalled.slice(0, FIRST);
  useEffect(() => {
    let over = false;
    void found(api, shown).then((read) => over || setMessages(read));
    return () => {
      over = true;
    };
  }, [memory, all]);
  if (memory.recalled.length === 0) return <p class="quiet">Nothing older was recalled.</p>;
  return (
    <>
      <Places
        places={messages.map((one) => ({
          ...one,
          said: one.message?.content ?? "It is not there any more.",
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

export function MemoryView({ memory, ...looked }: Looked & { memory: Memory }) {
  const { user } = memory;
  return (
    <>
      {memory.prompt && <Shares prompt={memory.prompt} />}
      <Strip memory={memory} {...looked} />
      <RecalledList memory={memory} {...looked} />
      {user && !user.answered && <p class="quiet">What is known of you came too late for this answer.</p>}
      {memory.recall === "words+meaning" && <p class="quiet">Found by words and by meaning.</p>}
    </>
  );
}

/** What of an answer is behind it; read when somebody opens it. */
export function Inside({ message, models, ...looked }: Looked & { message: Message; models: Model[] }) {
  const [turn, setTurn] = useState<Turn | null>(null);
  const [failure, setFailure] = useState("");
  const open = (event: Event) => {
    const { turnId } = message;
    if (turn || turnId === undefined || !(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    looked.api.turn(looked.sessionId, turnId).then(setTurn, (error: unknown) => setFailure(toldOf(error).text));
  };
  return (
    <details class="inside" onToggle={open}>
      <summary>Look inside</summary>
      {failure && <p role="alert">{failure}</p>}
      {turn && (
        <>
          <TurnFacts turn={turn} models={models} />
          <MemoryView memory={turn.memory} {...looked} />
        </>
      )}
    </details>
  );
}
