/** Changes to the facts about the user. */
import type { Api } from "./api";
import { failureOf, type PageFailure } from "./failure-text";
import type { PageState } from "./state";

/** Characters of a fact. */
export const MAX_FACT = 500;

export type FactChange = (api: Api, userId: string) => Promise<void>;

/** Applies a change to the user's facts, then reads them again. Returns the failure, if there is one. */
export async function changeFacts(page: PageState, change?: FactChange): Promise<PageFailure | undefined> {
  let failure: PageFailure | undefined;
  await page.act(async () => {
    if (page.userId === undefined) return;
    try {
      await change?.(page.api, page.userId);
      page.facts = await page.api.facts(page.userId);
    } catch (error) {
      failure = failureOf(error);
    }
  });
  return failure;
}

/** Returns an edit of a fact, and the change that undoes it, also after later edits: a return to the version before. */
export function factEdit(factId: string, text: string): { edit: FactChange; undo: FactChange } {
  let before: number | undefined;
  return {
    edit: async (api, userId) => {
      before = (await api.factHistory(userId, factId))[0]?.version;
      await api.changeFact(userId, factId, text);
    },
    undo: async (api, userId) => {
      if (before !== undefined) await api.revertFact(userId, factId, before);
    },
  };
}

/**
 * Describes a fact that a prompt contains and the list of facts does not. In a session of the user, the fact was deleted.
 * An operator also sees sessions of others, whose facts are not listed.
 */
export const missingFact = ({ list, location }: PageState): string =>
  list?.isOfUser(location.sessionId) ? "This fact was deleted." : "This fact is not in your list.";
