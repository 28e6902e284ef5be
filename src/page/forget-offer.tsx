/** Offers the facts and messages that a wish to forget refers to. The user deletes them; the model does not. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Fact, Memory, Message } from "./api";
import { failureOf } from "./failure-text";
import { IconButton } from "./icons";
import { partKey } from "./pending-deletes";
import { withTexts } from "./recalled-texts";
import { mayDelete } from "./rights";
import { deleteLater } from "./session-actions";
import type { PageState } from "./state";
import { countText, dayText } from "./text-format";
import { deleteMessage } from "./turn-actions";

/** Messages that are searched. */
const MAX_FOUND = 8;

interface Offer {
  facts: Fact[];
  messages: (Message & { sessionId: string })[];
}

/** Finds messages and facts by the words of the wish; without words, the latest exchange. */
async function offerFor(page: PageState, wish: string): Promise<Offer> {
  const { sessionId } = page.location;
  if (wish === "") {
    const asked = page.window.messages.filter(({ role, status }) => role === "user" && status !== "running");
    return { facts: [], messages: asked.slice(-2).map((message) => ({ ...message, sessionId })) };
  }
  const found: { data: Memory["recalled"]; facts?: Fact[] | undefined } =
    page.userId === undefined
      ? { data: await page.api.search(sessionId, wish, MAX_FOUND) }
      : await page.api.searchUser(page.userId, wish, MAX_FOUND);
  const messages = (await withTexts(page.api, found.data)).flatMap(({ sessionId, message }) =>
    message ? [{ ...message, sessionId }] : [],
  );
  // A turn is deleted as a whole, so it is offered once.
  const turns = new Map(messages.map((message) => [partKey(message.sessionId, message), message]));
  const offered = await Promise.all([...turns.values()].map((message) => withQuestion(page, message)));
  return { facts: found.facts ?? [], messages: offered };
}

/** Replaces the text of an answer by its question, which says more about the turn. */
async function withQuestion<M extends Offer["messages"][number]>(page: PageState, message: M): Promise<M> {
  const { role, turnId, sessionId } = message;
  if (role !== "assistant" || turnId === undefined) return message;
  const question = await page.api.turn(sessionId, turnId).then(
    (turn) => turn.question,
    () => "",
  );
  return { ...message, content: question || message.content };
}

interface ForgetOfferProps {
  page: PageState;
  /** The text to look for; empty for the latest exchange. */
  wish: string;
  onClose: () => void;
}

export function ForgetOffer({ page, wish, onClose }: ForgetOfferProps) {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [failure, setFailure] = useState("");
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  const { sessionId } = page.location;
  const isAnswering = page.turns.of(sessionId).length > 0;
  useEffect(() => {
    let stale = false;
    // The wish itself is found when it is stored.
    offerFor(page, wish).then(
      (found) => stale || setOffer(found),
      (error: unknown) => stale || setFailure(failureOf(error).text),
    );
    return () => {
      stale = true;
    };
  }, [wish, isAnswering]);
  const factKey = ({ id }: Fact) => `${sessionId} fact ${id}`;
  const isShown = (key: string) => !deleted.has(key) && !page.pendingDeletes.has(key);
  const markDeleted = (key: string) => setDeleted((before) => new Set([...before, key]));
  const facts = offer?.facts.filter((fact) => isShown(factKey(fact))) ?? [];
  const messages = offer?.messages.filter((message) => isShown(partKey(message.sessionId, message))) ?? [];
  const forgetFact = (fact: Fact) =>
    deleteLater(page, { sessionId, key: factKey(fact) }, "Fact deleted.", async (closing) => {
      if (page.userId !== undefined) await page.api.deleteFact(page.userId, fact.id, closing);
      if (closing) return;
      page.facts = page.facts.filter(({ id }) => id !== fact.id);
      markDeleted(factKey(fact));
    });
  const forgetMessage = (message: Offer["messages"][number]) =>
    deleteMessage(page, message.sessionId, message, () => markDeleted(partKey(message.sessionId, message)));
  const count = facts.length + messages.length;
  return (
    <section class="forget" aria-label="Forget">
      <div class="row">
        <h3 class="grow">What should I forget?</h3>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </div>
      {failure && <p role="alert">{failure}</p>}
      <p class="quiet" role="status">
        {offer &&
          (count === 0
            ? "Nothing else that I remember matches."
            : `${countText(count, "entry", "entries")} found. Each can be undone for a moment.`)}
      </p>
      <ul class="plain-list">
        {facts.map((fact) => (
          <li key={fact.id} class="row">
            <span class="grow excerpt" dir="auto">
              {fact.text} <span class="quiet">Fact</span>
            </span>
            <button type="button" onClick={() => forgetFact(fact)}>
              Forget
            </button>
          </li>
        ))}
        {messages.map((message) => (
          <li key={partKey(message.sessionId, message)} class="row">
            <span class="grow excerpt" dir="auto">
              {message.content}{" "}
              <span class="quiet">
                {message.turnId === undefined ? "Message" : "Question and answer"}, {dayText(message.createdAt)}
              </span>
            </span>
            {mayDelete(page, message) && (
              <button type="button" onClick={() => forgetMessage(message)}>
                Forget
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
