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

/** Returns the change that undoes the last edit of a fact: it restores the version before. */
export const undoneEdit =
  (factId: string): FactChange =>
  async (api, userId) => {
    const [, before] = await api.factHistory(userId, factId);
    if (before) await api.revertFact(userId, factId, before.version);
  };
