/** The rights of the page's token. The page hides the actions that the server would refuse. */
import type { Message } from "./api";
import type { PageState } from "./state";

/** Returns whether the page has an API token, or needs none: session tokens may not list models. */
export const isOperator = ({ models }: PageState): boolean => models.length > 0;

/** Returns whether the token may fork and delete turns. A token of sessions names no user, and may not. */
export const mayChangeTurns = (page: PageState): boolean => isOperator(page) || page.userId !== undefined;

/** Returns whether the token may delete a message together with its turn, or without one. */
export const mayDelete = (page: PageState, { turnId }: Message): boolean =>
  turnId === undefined ? isOperator(page) : mayChangeTurns(page);
