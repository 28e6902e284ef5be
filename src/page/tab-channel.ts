/** Messages between the open tabs of this page: which session has changed, and the token for a new tab. */

type TabMessage =
  | { type: "session_changed"; sessionId: string }
  | { type: "token_request" }
  | { type: "token"; token: string };

/** Milliseconds until a tab that asks for a token stops waiting: other tabs answer in a few, on a busy machine in hundreds. */
const TOKEN_TIMEOUT_MS = 1_000;

interface Listeners {
  onSessionChanged: (sessionId: string) => void;
  /** Returns the token of this tab. */
  token: () => string | undefined;
}

export class TabChannel {
  readonly #channel = new BroadcastChannel("llamory");
  #onToken: ((token: string) => void) | undefined;
  /** The request that waits for an answer: several callers share it. */
  #request: Promise<string | undefined> | undefined;

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
    this.#request ??= new Promise<string | undefined>((resolve) => {
      setTimeout(resolve, TOKEN_TIMEOUT_MS);
      this.#onToken = resolve;
      this.#send({ type: "token_request" });
    }).finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  #send(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
