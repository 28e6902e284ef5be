/** The conversation: stored messages and unfinished turns. Follows the end, and keeps its place when messages are added above. */
import { useEffect, useLayoutEffect, useRef, useState } from "hono/jsx/dom";
import type { Message } from "./api";
import { Icon } from "./icons";
import { answererOf, MessageView } from "./message-view";
import { partKey } from "./pending-deletes";
import type { PageState } from "./state";
import { Suggestions } from "./suggestions";
import { TurnView } from "./turn-view";

/** Pixels from the end within which the view follows new text. */
const NEAR_END = 120;
/** Pixels from either edge within which more messages are loaded. */
const NEAR_EDGE = 600;

/** Returns for each message the turn of the answer before it. */
function previousTurnsOf(messages: Message[]): (string | undefined)[] {
  let previous: string | undefined;
  return messages.map(({ role, turnId }) => {
    const before = previous;
    if (role === "assistant" && turnId !== undefined) previous = turnId;
    return before;
  });
}

/** The first message in view, and its distance from the upper edge. */
interface Anchor {
  id: string;
  top: number;
}

function anchorOf(list: HTMLElement): Anchor | null {
  const { top } = list.getBoundingClientRect();
  for (const message of list.querySelectorAll("article[id]")) {
    const place = message.getBoundingClientRect();
    if (place.bottom > top) return { id: message.id, top: place.top };
  }
  return null;
}

export function Transcript({ page }: { page: PageState }) {
  const { window, location, loading } = page;
  const { sessionId, seq } = location;
  const here = window.sessionId === sessionId && !page.pendingDeletes.has(sessionId);
  const turns = page.turns.of(sessionId);
  // A followed question is shown as a turn, not twice. A turn that failed has not replaced the old one.
  const shownAsTurns = new Set(
    turns.flatMap(({ turnId, replaces, state }) => [turnId ?? "", (state !== "failed" && replaces) || ""]),
  );
  const messages = here
    ? window.messages.filter(
        (message) =>
          message.status !== "running" &&
          !(message.turnId && shownAsTurns.has(message.turnId)) &&
          !page.pendingDeletes.has(partKey(sessionId, message)),
      )
    : [];
  const lastTurn = window.newer || turns.length > 0 ? undefined : messages.at(-1)?.turnId;
  const list = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const atEnd = useRef(true);
  const isLoading = useRef(false);
  const [showsEnd, setShowsEnd] = useState(true);

  const scrollToEnd = () => {
    if (!list.current || seq !== undefined) return;
    atEnd.current = true;
    list.current.scrollTop = list.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const element = anchor.current && document.getElementById(anchor.current.id);
    if (seq === undefined && atEnd.current && !window.newer) current.scrollTop = current.scrollHeight;
    else if (element && anchor.current) current.scrollTop += element.getBoundingClientRect().top - anchor.current.top;
    anchor.current = anchorOf(current);
  });
  useLayoutEffect(scrollToEnd, [page.endRequests, seq === undefined && here && window]);
  useEffect(() => {
    const nearest = seq === undefined ? undefined : window.nearest(seq);
    if (nearest === undefined || !here) return;
    atEnd.current = false;
    const message = document.getElementById(`m${nearest}`);
    message?.scrollIntoView({ block: "center" });
    message?.focus();
  }, [seq, sessionId, here && window]);

  const load = async (run: () => Promise<boolean>) => {
    if (isLoading.current) return;
    isLoading.current = true;
    await run();
    isLoading.current = false;
  };
  const onScroll = () => {
    const { current } = list;
    if (!current) return;
    const toEnd = current.scrollHeight - current.scrollTop - current.clientHeight;
    atEnd.current = toEnd < NEAR_END;
    setShowsEnd(atEnd.current && !window.newer);
    anchor.current = anchorOf(current);
    if (!here || page.loading) return;
    if (window.older && current.scrollTop < NEAR_EDGE) void load(page.showOlder);
    else if (window.newer && toEnd < NEAR_EDGE) void load(page.showNewer);
  };
  const isEmpty = (here || page.pendingDeletes.has(sessionId)) && !loading && messages.length + turns.length === 0;
  const previous = previousTurnsOf(messages);
  const answerer = answererOf(page);
  return (
    <div class="transcript-frame">
      <div class="transcript" ref={list} onScroll={onScroll} role="log" aria-label="Conversation" tabindex={0}>
        {here && window.older && (
          <button type="button" class="further" onClick={() => void load(page.showOlder)}>
            Show older messages
          </button>
        )}
        {isEmpty && <Suggestions page={page} />}
        {messages.map((message, at) => (
          <MessageView
            key={message.seq}
            page={page}
            message={message}
            answerer={answerer}
            previousTurnId={previous[at]}
            marked={message.seq === seq}
            isLast={lastTurn !== undefined && message.turnId === lastTurn}
            version={`${page.models.length} ${page.facts.length} ${page.total} ${page.list?.isOfUser(sessionId)}`}
          />
        ))}
        {here && window.newer && (
          <button type="button" class="further" onClick={() => void load(page.showNewer)}>
            Show newer messages
          </button>
        )}
        {!(here && window.newer) &&
          turns.map((turn) => <TurnView key={turn.key || turn.turnId} turn={turn} page={page} />)}
      </div>
      {!showsEnd && (
        <button
          type="button"
          class="to-end"
          aria-label="Go to the end"
          onClick={() => {
            setShowsEnd(true);
            page.goToEnd();
          }}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
