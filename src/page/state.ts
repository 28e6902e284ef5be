/** What the page knows and does; views show it, and are told when it changes. */
import { Api, type Fact, type Model, toldOf } from "./api";
import { type Known, KnownSessions, sessionsOfUser } from "./known-sessions";
import { Asks } from "./page-turns";
import { Leaving } from "./pending-deletes";
import { freshSpot, hashOf, type Spot, spotOf } from "./place";
import { TranscriptWindow } from "./transcript-window";

const TOKEN = "llamory:token";
const USER = "llamory:user";

export class PageState {
  api = new Api(sessionStorage.getItem(TOKEN) ?? undefined);
  userId = localStorage.getItem(USER) ?? undefined;
  sessions: Known[] = [];
  /** Where the list of the user's sessions goes on. */
  moreSessions: string | null = null;
  spot: Spot = spotOf(location.hash) ?? freshSpot();
  window = new TranscriptWindow(this.api, this.spot.sessionId);
  title: string | null = null;
  /** How many messages the session has. */
  total = 0;
  facts: Fact[] = [];
  models: Model[] = [];
  notice: { text: string; undo?: () => void } | null = null;
  /** Why a token is asked for; null where none is. */
  tokenWanted: string | null = null;
  loading = true;
  readonly asks: Asks;
  #known: KnownSessions | undefined;
  #opening: TranscriptWindow | undefined;
  readonly #leaving = new Leaving((sessionId, now) => void this.#leave(sessionId, now));
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.asks = new Asks({
      api: () => this.api,
      userId: () => this.userId,
      onChange: () => this.#changed(),
      onOver: async ({ sessionId }) => {
        if (sessionId === this.spot.sessionId) await this.#try(() => this.#goOn());
        await this.#try(() => this.#list());
      },
      onFailure: (failure) => this.#failed(failure),
    });
    addEventListener("hashchange", () => void this.#moved());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    history.replaceState(null, "", hashOf(this.spot));
    this.#known = await KnownSessions.open(sessionStorage.getItem(TOKEN) ?? undefined);
    this.asks.restore();
    await this.#try(() => this.#open());
    await this.#try(() => this.#list());
    // A token for a browser may not read them: then there are no prices.
    this.models = await this.api.models().catch(() => []);
    this.#changed();
  }

  go(spot: Spot): void {
    if (hashOf(spot) !== location.hash) history.pushState(null, "", hashOf(spot));
    void this.#moved();
  }

  ask(question: string): void {
    const { sessionId } = this.spot;
    if (!this.sessions.some((known) => known.sessionId === sessionId)) {
      this.#known?.note({ sessionId, title: question.slice(0, 80), lastAt: new Date().toISOString() });
    }
    this.asks.add(sessionId, question);
    void this.#try(() => this.#list());
  }

  older = () => this.#try(() => this.window.showOlder());
  newer = () => this.#try(() => this.window.showNewer());

  rename(sessionId: string, title: string): Promise<void> {
    return this.#try(async () => {
      await this.api.rename(sessionId, title);
      const known = this.sessions.find((session) => session.sessionId === sessionId);
      if (known) this.#known?.note({ ...known, title });
      if (sessionId === this.spot.sessionId) this.title = title;
      await this.#list();
    });
  }

  /** Deletes a session in a moment, unless that is taken back. */
  remove(sessionId: string): void {
    const takeBack = this.#leaving.add(sessionId);
    if (sessionId === this.spot.sessionId) this.go(freshSpot());
    this.say({
      text: "Conversation deleted.",
      undo: () => {
        takeBack();
        this.say(null);
      },
    });
  }

  reset(): Promise<void> {
    return this.#try(async () => {
      await this.api.reset(this.spot.sessionId);
      await this.#open();
    });
  }

  isLeaving = (sessionId: string): boolean => this.#leaving.has(sessionId);

  import(lines: string): Promise<void> {
    return this.#try(async () => {
      const spot = freshSpot();
      await this.api.imported(spot.sessionId, lines);
      this.#known?.note({ sessionId: spot.sessionId, title: "Imported", lastAt: new Date().toISOString() });
      this.go(spot);
    });
  }

  /** Who asks, and with which token: nothing of who was here before stays in the page. */
  async become(userId: string | undefined, token: string | undefined): Promise<void> {
    if (userId === undefined) localStorage.removeItem(USER);
    else localStorage.setItem(USER, userId);
    if (token === undefined) sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, token);
    this.asks.clear();
    // Without a hash this is another page, which is loaded anew.
    location.replace(location.pathname);
  }

  /** Changes what is known of the user, or nothing, and shows it. */
  changeFacts(change: (api: Api, userId: string) => Promise<void> = async () => {}): Promise<void> {
    return this.#try(async () => {
      if (this.userId === undefined) return;
      await change(this.api, this.userId);
      this.facts = await this.api.facts(this.userId);
    });
  }

  moreOfUser = (): Promise<void> =>
    this.#try(async () => {
      if (this.userId === undefined || this.moreSessions === null) return;
      const { sessions, nextCursor } = await sessionsOfUser(this.api, this.userId, this.moreSessions);
      this.sessions = [...this.sessions, ...sessions];
      this.moreSessions = nextCursor;
    });

  wantNoToken(): void {
    this.tokenWanted = null;
    this.#changed();
  }

  say(notice: PageState["notice"]): void {
    this.notice = notice;
    this.#changed();
  }

  async #moved(): Promise<void> {
    const spot = spotOf(location.hash) ?? freshSpot();
    const here = spot.sessionId === this.spot.sessionId && spot.seq !== undefined && this.window.has(spot.seq);
    this.spot = spot;
    this.#changed();
    if (!here) await this.#try(() => this.#open());
  }

  async #open(): Promise<void> {
    const { sessionId, seq } = this.spot;
    const opened = new TranscriptWindow(this.api, sessionId);
    this.#opening = opened;
    this.loading = true;
    const [info] = await Promise.all([this.api.session(sessionId), opened.begin(seq)]);
    // Another one was opened meanwhile, or this one anew.
    if (this.#opening !== opened) return;
    this.window = opened;
    this.title = info.title;
    this.total = info.messages;
    this.loading = false;
    this.#follow();
    if (info.messages > 0 && this.userId === undefined) {
      this.#known?.note({ sessionId, title: info.title, lastAt: info.lastAt ?? "" });
      await this.#list();
    }
  }

  async #goOn(): Promise<void> {
    // What is being opened may have been read before the answer was there.
    if (this.loading || this.window.sessionId !== this.spot.sessionId) return this.#open();
    await this.window.goOn();
    const { title, messages } = await this.api.session(this.window.sessionId);
    this.title = title;
    this.total = messages;
    this.#follow();
  }

  /** A turn that runs and that this page has not asked: it was asked before, or elsewhere. */
  #follow(): void {
    const { messages, sessionId } = this.window;
    const running = messages.findLast(({ status, role }) => status === "running" && role === "user");
    if (running?.turnId !== undefined && this.asks.of(sessionId).length === 0) {
      this.asks.follow(sessionId, running.turnId, running.content);
    }
  }

  async #list(): Promise<void> {
    if (this.userId === undefined) {
      this.sessions = this.#known?.all ?? [];
      return;
    }
    const { sessions, nextCursor } = await sessionsOfUser(this.api, this.userId);
    this.sessions = sessions;
    this.moreSessions = nextCursor;
  }

  async #leave(sessionId: string, now: boolean): Promise<void> {
    this.notice = null;
    // Nothing behind a wait is done by a page that goes.
    if (now) this.#known?.forget(sessionId);
    await this.#try(async () => {
      await this.api.remove(sessionId, now);
      this.#known?.forget(sessionId);
      await this.#list();
    });
  }

  /** Does something, and says what went wrong with it. */
  async #try(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#failed(toldOf(error));
    }
    this.#changed();
  }

  #failed({ code, text }: { code: string; text: string }): void {
    this.loading = false;
    if (code === "unauthorized" || code === "token_expired") this.tokenWanted = text;
    else this.notice = { text };
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
