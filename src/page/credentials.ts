/** The token and the name that the page sends. The token is kept in the tab, or on the device if the user asks for it. */

const TOKEN = "llamory:token";
const USER = "llamory:user";

export interface SignIn {
  userId: string | undefined;
  token: string | undefined;
  /** Whether the token is stored on the device instead of in the tab. */
  keepToken: boolean;
}

export class Credentials {
  get token(): string | undefined {
    return sessionStorage.getItem(TOKEN) ?? localStorage.getItem(TOKEN) ?? undefined;
  }

  get keepsToken(): boolean {
    return localStorage.getItem(TOKEN) !== null;
  }

  get userId(): string | undefined {
    return localStorage.getItem(USER) ?? undefined;
  }

  /** Stores a token in this tab. */
  setToken(token: string): void {
    sessionStorage.setItem(TOKEN, token);
  }

  save({ userId, token, keepToken }: SignIn): void {
    if (userId === undefined) localStorage.removeItem(USER);
    else localStorage.setItem(USER, userId);
    sessionStorage.removeItem(TOKEN);
    localStorage.removeItem(TOKEN);
    if (token !== undefined) (keepToken ? localStorage : sessionStorage).setItem(TOKEN, token);
  }
}
