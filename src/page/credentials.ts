/** The token and the name that the page sends. The token is kept in the tab, or on the device if the user asks for it. */
import { deviceStorage, tabStorage } from "./page-storage";

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
    return tabStorage.get(TOKEN) ?? deviceStorage.get(TOKEN) ?? undefined;
  }

  get keepsToken(): boolean {
    return deviceStorage.get(TOKEN) !== null;
  }

  get userId(): string | undefined {
    return deviceStorage.get(USER) ?? undefined;
  }

  /** Stores a token in this tab. */
  setToken(token: string): void {
    tabStorage.set(TOKEN, token);
  }

  save({ userId, token, keepToken }: SignIn): void {
    deviceStorage.set(USER, userId ?? null);
    tabStorage.set(TOKEN, (!keepToken && token) || null);
    deviceStorage.set(TOKEN, (keepToken && token) || null);
  }
}
