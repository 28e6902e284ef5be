/** Messages between the open tabs of this page: which session has changed, and the token for a new tab. */

type TabMessage =
  | { type: "session_changed"; sessionId: string }
  | { type: "token_request" }
  | { type: "token"; token: string };

/** Milliseconds until a tab that asks for a token stops waiting: other tabs answer in a few. */
const TOKEN_TIMEOUT_MS = 400;

interface Listeners {
  onSessionChanged: (sessionId: string) => void;
  /** Returns the token of this tab. */
  token: () => string | undefined;
}

export class TabChannel {
  readonly #channel = new BroadcastChannel("llamory");
  #onToken: ((token: string) => void) | undefined;

  constructor({ onSessionChanged, token }: Listeners) {
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      switch (data.type) {
        case "session_changed":
          onSessionChanged(data.sessionId);
          break;
        case "token_request": {
          const own = token();
          if (own !== undefined) this.#send({ type: "token", token: own });
          break;
        }
        case "token":
          this.#onToken?.(data.token);
      }
    };
  }

  announce(sessionId: string): void {
    this.#send({ type: "session_changed", sessionId });
  }

  /** Returns the token of another open tab, if there is one. */
  requestToken(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), TOKEN_TIMEOUT_MS);
      this.#onToken = (token) => {
        clearTimeout(timer);
        resolve(token);
      };
      this.#send({ type: "token_request" });
    });
  }

  #send(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
