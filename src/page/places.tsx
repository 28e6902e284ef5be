/** Messages as places to go to: what was said, and where. */
import type { Child } from "hono/jsx";
import { hashOf, type Spot } from "./place";

export const dayOf = (time: string) => new Date(time).toLocaleDateString("en", { dateStyle: "medium" });

export interface Said extends Required<Spot> {
  said: string;
  /** Who said it and when, and what else there is to tell. */
  about: Child;
}

export function Places({ places, onGo }: { places: Said[]; onGo?: () => void }) {
  return (
    <ol class="recalled">
      {places.map(({ said, about, ...spot }) => (
        <li key={hashOf(spot)}>
          <a href={hashOf(spot)} onClick={onGo}>
            <span class="what">{said.slice(0, 300)}</span>
          </a>
          <span class="quiet">{about}</span>
        </li>
      ))}
    </ol>
  );
}
