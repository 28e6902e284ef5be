/** Asks for a name and a token, and explains which data is stored where. */
import { Dialog, fieldOf } from "./dialog";
import { signIn } from "./session-actions";
import type { PageState } from "./state";

interface SignInDialogProps {
  page: PageState;
  /** The reason for asking; null if the user opened the dialog. */
  why: string | null;
  onClose: () => void;
}

export function SignInDialog({ page, why, onClose }: SignInDialogProps) {
  const { token, userId, keepsToken } = page.credentials;
  const submit = (event: Event) => {
    event.preventDefault();
    signIn(page, {
      userId: fieldOf(event, "user") || undefined,
      token: fieldOf(event, "token") || token,
      keepToken: fieldOf(event, "keep") !== "",
    });
  };
  const signOut = () => signIn(page, { userId: undefined, token: undefined, keepToken: false });
  return (
    <Dialog title="Sign in" onClose={onClose}>
      {why !== null && <p role="alert">{why}</p>}
      <form class="fields" onSubmit={submit}>
        <label>
          Token, if the server needs one
          <input
            name="token"
            type="password"
            autocomplete="off"
            placeholder={token === undefined ? "" : "A token is stored. Leave this empty to keep it."}
            autofocus={why !== null}
          />
        </label>
        <label class="check">
          <input name="keep" type="checkbox" value="keep" checked={keepsToken} /> Keep the token on this device
        </label>
        <label>
          Your name, so that I remember you in all conversations
          <input
            name="user"
            value={userId ?? ""}
            autocomplete="username"
            autofocus={why === null}
            data-max={128}
            pattern="(?!\.{1,2}$)[^\/]+"
            title="Any characters but /, and neither . nor .."
          />
        </label>
        <div class="row">
          <button type="submit">Continue</button>
          {(token !== undefined || userId !== undefined) && (
            <button type="button" onClick={signOut}>
              Sign out
            </button>
          )}
        </div>
      </form>
      <h3>What is stored where</h3>
      <ul class="plain-list quiet">
        <li>On the server ({location.host}): conversations and facts.</li>
        <li>In this browser: your name, the theme, and the list of conversations you had without a name.</li>
        <li>In this tab: drafts, and the token. Other open tabs of this page can use the token too.</li>
        <li>On this device: the token, only if you tick the box.</li>
      </ul>
    </Dialog>
  );
}
