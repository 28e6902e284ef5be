/** The page's state and actions. Views render it and subscribe to changes. */
import { Api, type Fact, failureOf, type Model } from "./api";
import { hashOf, newLocation, type PageLocation, parseHash } from "./page-location";
import { PageTurns } from "./page-turns";
import { PendingDeletes } from "./pending-deletes";
import { BrowserSessions, type ListedSession, sessionsOfUser } from "./session-list";
import { TranscriptWindow } from "./transcript-window";

const TOKEN = "llamory:token";
const USER = "llamory:user";

export class PageState {
  api = new Api(sessionStorage.getItem(TOKEN) ?? undefined);
  userId = localStorage.getItem(USER) ?? undefined;
  sessions: ListedSession[] = [];
  /** The cursor of the next page of the user's sessions; null after the last page. */
  moreSessions: string | null = null;
  location: PageLocation = parseHash(location.hash) ?? newLocation();
  window = new TranscriptWindow(this.api, this.location.sessionId);
  title: string | null = null;
  /** How many messages the session has. */
  total = 0;
  facts: Fact[] = [];
  models: Model[] = [];
  notice: { text: string; undo?: () => void } | null = null;
  /** Why the sign-in dialog asks for a token; null if it does not. */
  tokenProblem: string | null = null;
  loading = true;
  readonly turns: PageTurns;
  #browserSessions: BrowserSessions | undefined;
  #opening: TranscriptWindow | undefined;
  readonly #pendingDeletes = new PendingDeletes((sessionId, now) => void this.#delete(sessionId, now));
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.turns = new PageTurns({
      api: () => this.api,
      userId: () => this.userId,
      onChange: () => this.#changed(),
      onFinished: async ({ sessionId }) => {
        if (sessionId === this.location.sessionId) await this.#try(() => this.#refresh());
        await this.#try(() => this.#list());
      },
      onFailure: (failure) => this.#failed(failure),
    });
    addEventListener("hashchange", () => void this.#onHashChange());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    history.replaceState(null, "", hashOf(this.location));
    this.#browserSessions = await BrowserSessions.open(sessionStorage.getItem(TOKEN) ?? undefined);
    this.turns.restore();
    await this.#try(() => this.#open());
    await this.#try(() => this.#list());
    // Session tokens may not list models. Prices are left out then.
    this.models = await this.api.models().catch(() => []);
    this.#changed();
  }

  go(target: PageLocation): void {
    if (hashOf(target) !== location.hash) history.pushState(null, "", hashOf(target));
    void this.#onHashChange();
  }

  ask(question: string): void {
    const { sessionId } = this.location;
    if (!this.sessions.some((known) => known.sessionId === sessionId)) {
      this.#browserSessions?.note({ sessionId, title: question.slice(0, 80), lastAt: new Date().toISOString() });
    }
    this.turns.add(sessionId, question);
    void this.#try(() => this.#list());
  }

  older = () => this.#try(() => this.window.showOlder());
  newer = () => this.#try(() => this.window.showNewer());

  rename(sessionId: string, title: string): Promise<void> {
    return this.#try(async () => {
      await this.api.rename(sessionId, title);
      const known = this.sessions.find((session) => session.sessionId === sessionId);
      if (known) this.#browserSessions?.note({ ...known, title });
      if (sessionId === this.location.sessionId) this.title = title;
      await this.#list();
    });
  }

  /** Deletes a session after a delay in which the user can undo it. */
  remove(sessionId: string): void {
    const undo = this.#pendingDeletes.add(sessionId);
    if (sessionId === this.location.sessionId) this.go(newLocation());
    this.notify({
      text: "Conversation deleted.",
      undo: () => {
        undo();
        this.notify(null);
      },
    });
  }

  reset(): Promise<void> {
    return this.#try(async () => {
      await this.api.reset(this.location.sessionId);
      await this.#open();
    });
  }

  isPendingDelete = (sessionId: string): boolean => this.#pendingDeletes.has(sessionId);

  import(lines: string): Promise<void> {
    return this.#try(async () => {
      const target = newLocation();
      await this.api.import(target.sessionId, lines);
      this.#browserSessions?.note({ sessionId: target.sessionId, title: "Imported", lastAt: new Date().toISOString() });
      this.go(target);
    });
  }

  /** Stores the name and the token, and reloads the page without the previous user's data. */
  async signIn(userId: string | undefined, token: string | undefined): Promise<void> {
    if (userId === undefined) localStorage.removeItem(USER);
    else localStorage.setItem(USER, userId);
    if (token === undefined) sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, token);
    this.turns.clear();
    // A URL without a hash differs from the current one, so the browser loads it.
    location.replace(location.pathname);
  }

  /** Applies a change to the user's facts, then reads them again. */
  changeFacts(change: (api: Api, userId: string) => Promise<void> = async () => {}): Promise<void> {
    return this.#try(async () => {
      if (this.userId === undefined) return;
      await change(this.api, this.userId);
      this.facts = await this.api.facts(this.userId);
    });
  }

  loadMoreSessions = (): Promise<void> =>
    this.#try(async () => {
      if (this.userId === undefined || this.moreSessions === null) return;
      const { sessions, nextCursor } = await sessionsOfUser(this.api, this.userId, this.moreSessions);
      this.sessions = [...this.sessions, ...sessions];
      this.moreSessions = nextCursor;
    });

  dismissTokenProblem(): void {
    this.tokenProblem = null;
    this.#changed();
  }

  notify(notice: PageState["notice"]): void {
    this.notice = notice;
    this.#changed();
  }

  async #onHashChange(): Promise<void> {
    const target = parseHash(location.hash) ?? newLocation();
    const here =
      target.sessionId === this.location.sessionId && target.seq !== undefined && this.window.has(target.seq);
    this.location = target;
    this.#changed();
    if (!here) await this.#try(() => this.#open());
  }

  async #open(): Promise<void> {
    const { sessionId, seq } = this.location;
    const opened = new TranscriptWindow(this.api, sessionId);
    this.#opening = opened;
    this.loading = true;
    const [info] = await Promise.all([this.api.session(sessionId), opened.load(seq)]);
    // Another session was opened while this one loaded.
    if (this.#opening !== opened) return;
    this.window = opened;
    this.title = info.title;
    this.total = info.messages;
    this.loading = false;
    this.#follow();
    if (info.messages > 0 && this.userId === undefined) {
      this.#browserSessions?.note({ sessionId, title: info.title, lastAt: info.lastAt ?? "" });
      await this.#list();
    }
  }

  async #refresh(): Promise<void> {
    // The window that is loading may have been read before the answer was stored.
    if (this.loading || this.window.sessionId !== this.location.sessionId) return this.#open();
    await this.window.refresh();
    const { title, messages } = await this.api.session(this.window.sessionId);
    this.title = title;
    this.total = messages;
    this.#follow();
  }

  /** Follows a running turn that another page sent. */
  #follow(): void {
    const { messages, sessionId } = this.window;
    const running = messages.findLast(({ status, role }) => status === "running" && role === "user");
    if (running?.turnId !== undefined && this.turns.of(sessionId).length === 0) {
      this.turns.follow(sessionId, running.turnId, running.content);
    }
  }

  async #list(): Promise<void> {
    if (this.userId === undefined) {
      this.sessions = this.#browserSessions?.all ?? [];
      return;
    }
    const { sessions, nextCursor } = await sessionsOfUser(this.api, this.userId);
    this.sessions = sessions;
    this.moreSessions = nextCursor;
  }

  async #delete(sessionId: string, now: boolean): Promise<void> {
    this.notice = null;
    // A page that is closing runs nothing after an await.
    if (now) this.#browserSessions?.forget(sessionId);
    await this.#try(async () => {
      await this.api.remove(sessionId, now);
      this.#browserSessions?.forget(sessionId);
      await this.#list();
    });
  }

  /** Runs an action and shows its failure. */
  async #try(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#failed(failureOf(error));
    }
    this.#changed();
  }

  #failed({ code, text }: { code: string; text: string }): void {
    this.loading = false;
    if (code === "unauthorized" || code === "token_expired") this.tokenProblem = text;
    else this.notice = { text };
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
