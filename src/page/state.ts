/** The page's state and actions. Views render it and subscribe to changes. */
import { Api, type Fact, type Memory, type Model, type SessionInfo } from "./api";
import { Credentials } from "./credentials";
import { failureOf, needsToken, type PageFailure } from "./failure-text";
import { deletionId, Notices } from "./notices";
import { currentLocation, hashOf, type PageLocation } from "./page-location";
import { PageTurns } from "./page-turns";
import { PendingDeletes } from "./pending-deletes";
import { SessionList } from "./session-list";
import { TabChannel } from "./tab-channel";
import { takeBack } from "./take-back";
import { isTemporary } from "./temporary";
import { TranscriptWindow } from "./transcript-window";

/** Characters of a question that name a session until the server has a title for it. */
const TITLE_LENGTH = 80;
/** One notice for all reads of a conversation: the next success removes it, also that of another conversation. */
const READING = { id: "read" };

interface ActOptions {
  /** The id of the action's notice. Each failure has a notice of its own without it. */
  id?: string;
  /** Runs when the user tries again; default: the action. */
  retry?: () => void;
}

export class PageState {
  readonly credentials = new Credentials();
  readonly userId = this.credentials.userId;
  api = new Api(this.credentials.token);
  list: SessionList | undefined;
  location = currentLocation();
  window = new TranscriptWindow(this.api, this.location.sessionId);
  title: string | null = null;
  /** The number of the session's messages. */
  total = 0;
  /** The times of the session's first and last message, ISO 8601. */
  span: { firstAt: string | null; lastAt: string | null } = { firstAt: null, lastAt: null };
  facts: Fact[] = [];
  models: Model[] = [];
  /** The model that answers; empty until the server has named it. */
  model = "";
  /** Why the sign-in dialog asks for a token; null if it does not. */
  tokenProblem: string | null = null;
  loading = true;
  offline = !navigator.onLine;
  /** Counts the requests to show the end of the conversation. */
  endRequests = 0;
  /** The memory of the turns that this page has seen, by turn id. */
  readonly memories = new Map<string, Memory>();
  readonly notices = new Notices(() => this.changed());
  readonly pendingDeletes = new PendingDeletes(this.userId !== undefined);
  readonly turns: PageTurns;
  readonly tabs: TabChannel;
  #opening: TranscriptWindow | undefined;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.turns = new PageTurns({
      api: () => this.api,
      userId: () => this.userId,
      onChange: () => this.changed(),
      onStarted: ({ sessionId, turnId, memory }) => {
        if (turnId !== undefined && memory) this.memories.set(turnId, memory);
        this.tabs.announce(sessionId);
      },
      onFinished: async ({ sessionId }) => {
        this.tabs.announce(sessionId);
        await this.refresh(sessionId);
      },
      onDiscarded: (turn) => takeBack(this, turn),
      onFailure: (failure) => this.#failed(failure),
    });
    this.tabs = new TabChannel({
      onSessionChanged: (sessionId) => void this.refresh(sessionId),
      token: () => this.credentials.token,
    });
    addEventListener("hashchange", () => void this.#onHashChange());
    for (const event of ["online", "offline"]) {
      addEventListener(event, () => {
        this.offline = !navigator.onLine;
        this.changed();
        if (!this.offline) void this.refresh(this.location.sessionId);
      });
    }
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.list) void this.refresh(this.location.sessionId);
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    await this.openList();
    this.turns.restore();
    await Promise.all([this.#readModels(), this.act(() => this.open(), READING).then(() => this.#listSessions())]);
  }

  go(target: PageLocation): void {
    if (hashOf(target) !== location.hash) history.pushState(null, "", hashOf(target));
    void this.#onHashChange();
  }

  /** Shows the end of the conversation. */
  goToEnd(): void {
    this.endRequests += 1;
    this.go({ sessionId: this.location.sessionId });
  }

  /**
   * @param replaces the id of the session's last turn, which the new one takes the place of
   * @returns false if the question was not taken: messages that were to be deleted before it are still there
   */
  async ask(question: string, replaces?: string): Promise<boolean> {
    const { sessionId } = this.location;
    const temporary = isTemporary(sessionId);
    if (!(await this.pendingDeletes.flush(sessionId))) return false;
    // A deletion that failed is not tried again from here: it would delete the question.
    this.notices.remove(deletionId(sessionId));
    const title = this.list?.titleOf(sessionId) ?? question.slice(0, TITLE_LENGTH);
    if (!temporary) this.list?.add({ sessionId, title, lastAt: new Date().toISOString() });
    this.turns.add({ sessionId, question, replaces, temporary });
    if (sessionId === this.location.sessionId) this.goToEnd();
    return true;
  }

  showOlder = () => this.act(() => this.window.showOlder(), { id: "older" });
  showNewer = () => this.act(() => this.window.showNewer(), { id: "newer" });

  loadSessions = (all: boolean): Promise<boolean> =>
    this.act(async () => await (all ? this.list?.loadAll(this.api) : this.list?.loadMore(this.api)), {
      id: "sessions",
    });

  askForToken(reason: string | null): void {
    this.tokenProblem = reason;
    this.changed();
  }

  /**
   * Runs an action. Shows its failure, and lets the user try again.
   * @returns whether it succeeded
   */
  async act(run: () => Promise<void>, options: ActOptions = {}): Promise<boolean> {
    const { id, retry = () => void this.act(run, options) } = options;
    try {
      await run();
      if (id !== undefined) this.notices.remove(id);
      return true;
    } catch (error) {
      const failure = failureOf(error);
      if (needsToken(failure) && (await this.#useTokenOfOtherTab())) return this.act(run, options);
      this.#failed(failure, retry, id);
      return false;
    } finally {
      this.changed();
    }
  }

  /** Takes the token of another open tab if this tab has none. Returns whether there was one. */
  async #useTokenOfOtherTab(): Promise<boolean> {
    const token = this.credentials.token === undefined ? await this.tabs.requestToken() : undefined;
    if (token === undefined) return false;
    this.credentials.setToken(token);
    this.api = new Api(token);
    await this.openList();
    return true;
  }

  async #onHashChange(): Promise<void> {
    const target = currentLocation();
    const isShown = target.seq === undefined ? !this.window.newer : this.window.has(target.seq);
    const isHere = target.sessionId === this.window.sessionId && !this.loading && isShown;
    this.location = target;
    this.changed();
    if (isHere) this.notices.remove(READING.id);
    else await this.act(() => this.open(), READING);
  }

  /** Loads the session that the location names. */
  async open(): Promise<void> {
    const { sessionId, seq } = this.location;
    const opened = new TranscriptWindow(this.api, sessionId);
    this.#opening = opened;
    this.loading = true;
    const [info] = await Promise.all([this.api.session(sessionId), opened.load(seq)]);
    // Another session was opened while this one loaded.
    if (this.#opening !== opened) return;
    this.window = opened;
    this.loading = false;
    this.#show(info);
  }

  #show({ sessionId, title, messages, firstAt, lastAt }: SessionInfo): void {
    this.title = title;
    this.total = messages;
    this.span = { firstAt, lastAt };
    // The server lists the sessions of a user itself.
    if (messages > 0 && this.userId === undefined) this.list?.keep({ sessionId, title, lastAt: lastAt ?? "" });
    this.turns.followRunning(this.window);
  }

  /** Reads a session that has changed, if it is shown, and the list of sessions. */
  async refresh(sessionId: string): Promise<void> {
    if (sessionId === this.location.sessionId) await this.act(() => this.#update(), READING);
    await this.#listSessions();
  }

  async #update(): Promise<void> {
    const { window } = this;
    // The window that is loading may have been read before the answer was stored.
    if (this.loading || window.sessionId !== this.location.sessionId) return this.open();
    await window.refresh();
    const info = await this.api.session(window.sessionId);
    if (this.window === window) this.#show(info);
  }

  async #readModels(): Promise<void> {
    // Session tokens may not list models. Prices are left out then.
    const models = this.api.models().catch(() => []);
    this.model = (await this.api.health().catch(() => undefined))?.model ?? "";
    this.changed();
    this.models = await models;
    this.changed();
  }

  async openList(): Promise<void> {
    this.list = await SessionList.open(this.credentials.token, this.userId);
  }

  #listSessions = () => this.act(async () => await this.list?.refresh(this.api), { id: "list" });

  #failed(failure: PageFailure, retry?: () => void, id?: string): void {
    this.loading = false;
    if (needsToken(failure)) this.tokenProblem = failure.text;
    // The notice that the browser is offline says enough.
    else if (!this.offline || failure.code !== "unreachable") this.notices.addFailure(failure, retry, id);
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
