/** The earlier versions of a fact. Each can be restored. */
import { useEffect, useState } from "hono/jsx/dom";
import type { Fact, FactVersion } from "./api";
import type { FactChange } from "./fact-actions";
import { FactNotes } from "./fact-notes";
import { failureOf } from "./failure-text";
import type { PageState } from "./state";

interface FactHistoryProps {
  page: PageState;
  fact: Fact;
  onChange: (change: FactChange) => void;
  onClose: () => void;
}

export function FactHistory({ page, fact, onChange, onClose }: FactHistoryProps) {
  const [versions, setVersions] = useState<FactVersion[] | null>(null);
  const [failure, setFailure] = useState("");
  const { id, text, updatedAt } = fact;
  useEffect(() => {
    let stale = false;
    if (page.userId === undefined) return;
    page.api.factHistory(page.userId, id).then(
      (read) => stale || setVersions(read),
      (error: unknown) => stale || setFailure(failureOf(error).text),
    );
    return () => {
      stale = true;
    };
  }, [id, updatedAt]);
  const earlier = versions?.filter(({ endedAt }) => endedAt !== null) ?? [];
  return (
    <div class="fact-history">
      {failure && <p role="alert">{failure}</p>}
      {versions !== null && earlier.length === 0 && <p class="quiet">This fact has not changed.</p>}
      <ol class="plain-list" aria-label={`Earlier versions of: ${text}`}>
        {earlier.map((version) => (
          <li key={version.version} class="row">
            <span class="grow" dir="auto">
              {version.text} <FactNotes fact={version} onClose={onClose} />
            </span>
            <button
              type="button"
              onClick={() => onChange((api, userId) => api.revertFact(userId, id, version.version))}
            >
              Restore
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
