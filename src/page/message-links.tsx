/** A list of links to messages. */
import type { Child } from "hono/jsx";
import { hashOf, type PageLocation } from "./page-location";

export const dayOf = (time: string) => new Date(time).toLocaleDateString("en", { dateStyle: "medium" });

export interface LinkedMessage extends Required<PageLocation> {
  content: string;
  /** Speaker, date and further notes. */
  about: Child;
}

export function MessageLinks({ links, onGo }: { links: LinkedMessage[]; onGo?: () => void }) {
  return (
    <ol class="message-links">
      {links.map(({ content, about, ...target }) => (
        <li key={hashOf(target)}>
          <a href={hashOf(target)} onClick={onGo}>
            <span class="excerpt">{content.slice(0, 300)}</span>
          </a>
          <span class="quiet">{about}</span>
        </li>
      ))}
    </ol>
  );
}
