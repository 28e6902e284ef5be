/** The notices above the composer. */
import { IconButton } from "./icons";
import type { PageState } from "./state";

export const NoticeList = ({ page }: { page: PageState }) => (
  <div class="notices">
    {page.offline && (
      <p class="notice" role="status">
        You are offline. Reconnecting when the network is back…
      </p>
    )}
    {page.notices.all.map(({ id, text, isFailure, action }) => (
      <div key={id} class="notice" role={isFailure ? "alert" : "status"}>
        <span class="grow">{text}</span>
        {action && (
          <button type="button" onClick={action.run}>
            {action.label}
          </button>
        )}
        <IconButton icon="close" label="Dismiss" onClick={() => page.notices.remove(id)} />
      </div>
    ))}
  </div>
);
