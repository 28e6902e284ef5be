/** The tokens and the price of all answers of the conversation. */
import { useEffect, useState } from "hono/jsx/dom";
import { costsOf, costsText } from "./costs";
import { Dialog } from "./dialog";
import { failureOf } from "./failure-text";
import type { PageState } from "./state";

export function CostsDialog({ page, onClose }: { page: PageState; onClose: () => void }) {
  const [costs, setCosts] = useState<ReturnType<typeof costsOf> | null>(null);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    page.api.export(page.location.sessionId).then(
      (lines) => setCosts(costsOf(lines)),
      (error: unknown) => setFailure(failureOf(error).text),
    );
  }, []);
  return (
    <Dialog title="Costs" onClose={onClose}>
      {failure && <p role="alert">{failure}</p>}
      {!costs && !failure && <p class="quiet">Loading…</p>}
      {costs?.length === 0 && <p>No model has answered in this conversation.</p>}
      <dl>
        {costs?.map((sum) => (
          <div key={sum.model}>
            <dt>{sum.model}</dt>
            <dd>{costsText(sum, page.models)}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">Answers that were deleted are not counted. Details of an answer show its own costs.</p>
    </Dialog>
  );
}
