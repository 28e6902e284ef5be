import type { Fact } from "./api";
import { hashOf } from "./page-location";
import { dayText } from "./text-format";

/** The most sources of a fact that are shown. */
const MAX_SOURCES = 3;

/** Shows the date of a fact, the days on which it is true, and links to its sources. */
export function FactNotes({ fact, onClose }: { fact: Fact; onClose: () => void }) {
  const { since, until, updatedAt, pinned, writtenBy, sources } = fact;
  const notes = [
    dayText(updatedAt),
    writtenBy === "model" && "noted by the model",
    since !== null && `since ${since}`,
    until !== null && `until ${until}`,
    pinned && "in every prompt",
  ];
  return (
    <span class="quiet">
      {notes.filter(Boolean).join(" · ")}
      {sources.slice(0, MAX_SOURCES).map((source) => (
        <>
          {" · "}
          <a href={hashOf(source)} onClick={onClose}>
            Source
          </a>
        </>
      ))}
    </span>
  );
}
