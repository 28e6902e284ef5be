/** A list of links to messages. */
import type { Child } from "hono/jsx";
import { hashOf, type PageLocation } from "./page-location";

/** Characters of a message that a link shows. */
const SHOWN = 300;

export interface LinkedMessage extends Required<PageLocation> {
  content: string;
  /** Speaker, date and further notes. */
  about: Child;
}

export const MessageLinks = ({ links, onGo }: { links: LinkedMessage[]; onGo?: () => void }) => (
  <ol class="message-links">
    {links.map(({ content, about, sessionId, seq }) => (
      <li key={hashOf({ sessionId, seq })}>
        <a href={hashOf({ sessionId, seq })} onClick={onGo} dir="auto">
          <span class="excerpt">{content.slice(0, SHOWN)}</span>
        </a>
        <span class="quiet">{about}</span>
      </li>
    ))}
  </ol>
);
