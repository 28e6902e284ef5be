import { Hono } from "hono/tiny";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { embeddingOf } from "../rpc/call-session";
import { callUser } from "../rpc/call-user";
import {
  fact,
  factChange,
  factDeleted,
  factHistory,
  factParam,
  factRequest,
  factRevert,
  factsQuery,
  factsResponse,
} from "../schema/fact-schema";
import type { ResponseBody } from "../schema/response-body";
import { userParam } from "../schema/user-schema";
import { isoOrNull, toFact } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /users/:userId/facts": {
    id: "facts",
    summary: "List the facts about a user",
    description: "Returns all current facts, newest first, or those that match `q`, best first.",
    response: factsResponse,
    postman: [{ at: 380, name: "List the facts", includes: "Porto" }],
  },
  "POST /users/:userId/facts": {
    id: "addFact",
    summary: "Add a fact about a user",
    description:
      "Prompts of this user contain the facts that match the question and the newest ones, as many as `FACT_TOKENS` allows, and always the pinned ones. A text that differs only in case and spacing confirms the fact that exists. A user has up to 500.",
    example: { text: "Ana keeps bees in Lisbon." },
    status: 201,
    response: fact,
    failures: ["facts_full", "user_being_deleted", "storage_failed"],
    postman: [{ at: 360, name: "Add a fact", sets: { factId: "pm.response.json().id" } }],
  },
  "PATCH /users/:userId/facts/:factId": {
    id: "changeFact",
    summary: "Edit a fact",
    description:
      "Begins a new version with the given fields. Other fields and the creation time stay. Pinning begins no version. If another fact has the new text, this one ends, and the other one is returned.",
    example: { text: "Ana keeps bees in Porto." },
    response: fact,
    failures: ["fact_not_found", "storage_failed"],
    postman: [{ at: 370, name: "Edit it" }],
  },
  "GET /users/:userId/facts/:factId/history": {
    id: "factHistory",
    summary: "List the versions of a fact",
    description: "Returns them newest first, also for a fact that has ended.",
    response: factHistory,
    failures: ["fact_not_found"],
    postman: [{ at: 372, name: "See what was true before", includes: "Lisbon" }],
  },
  "POST /users/:userId/facts/:factId/revert": {
    id: "revertFact",
    summary: "Return to an earlier version of a fact",
    description:
      "Adds a copy of that version, with its author and sources, as the newest one. Also restores a fact that has ended.",
    example: { version: 1 },
    response: fact,
    failures: ["fact_not_found", "facts_full", "storage_failed"],
    postman: [
      { at: 374, name: "Return to it", includes: "Lisbon" },
      { at: 376, name: "And back", body: { version: 2 }, includes: "Porto" },
    ],
  },
  "DELETE /users/:userId/facts/:factId": {
    id: "deleteFact",
    summary: "Delete a fact",
    description: "Deletes all its versions. No later prompt contains it.",
    response: factDeleted,
    failures: ["fact_not_found", "storage_failed"],
    postman: [{ at: 390, name: "Delete it" }],
  },
});

const users = route({ tokens: "user" });

export const routes = new Hono<AppEnv>()
  .get("/users/:userId/facts", users, valid("param", userParam), valid("query", factsQuery), async (c) => {
    const { userId } = c.req.valid("param");
    const { q, history } = c.req.valid("query");
    const known = await callUser(c, userId, (stub) => stub.facts(q, history === "true", embeddingOf(c)));
    const body: ResponseBody<typeof factsResponse> = {
      data: known.map((one) => ({ ...toFact(one), ...(history === "true" && { endedAt: isoOrNull(one.endedAt) }) })),
    };
    return json(c, body, 200);
  })
  .post("/users/:userId/facts", users, valid("param", userParam), valid("json", factRequest), async (c) => {
    const { userId } = c.req.valid("param");
    const { text, source = null, ...more } = c.req.valid("json");
    const added = orThrow(
      await callUser(c, userId, (stub) => stub.addFact(text, source, more, embeddingOf(c)), { retry: false }),
    );
    return json(c, toFact(added), 201);
  })
  .patch("/users/:userId/facts/:factId", users, valid("param", factParam), valid("json", factChange), async (c) => {
    const { userId, factId } = c.req.valid("param");
    const edit = c.req.valid("json");
    const changed = orThrow(await callUser(c, userId, (stub) => stub.changeFact(factId, edit, embeddingOf(c))));
    return json(c, toFact(changed), 200);
  })
  .delete("/users/:userId/facts/:factId", users, valid("param", factParam), async (c) => {
    const { userId, factId } = c.req.valid("param");
    orThrow(await callUser(c, userId, (stub) => stub.deleteFact(factId), { retry: false }));
    const body: ResponseBody<typeof factDeleted> = { ok: true, id: factId };
    return json(c, body, 200);
  })
  .get("/users/:userId/facts/:factId/history", users, valid("param", factParam), async (c) => {
    const { userId, factId } = c.req.valid("param");
    const versions = orThrow(await callUser(c, userId, (stub) => stub.factHistory(factId)));
    const body: ResponseBody<typeof factHistory> = {
      data: versions.map((one) => ({ ...toFact(one), version: one.version, endedAt: isoOrNull(one.endedAt) })),
    };
    return json(c, body, 200);
  })
  .post(
    "/users/:userId/facts/:factId/revert",
    users,
    valid("param", factParam),
    valid("json", factRevert),
    async (c) => {
      const { userId, factId } = c.req.valid("param");
      const { version } = c.req.valid("json");
      const reverted = orThrow(await callUser(c, userId, (stub) => stub.revertFact(factId, version, embeddingOf(c))));
      return json(c, toFact(reverted), 200);
    },
  );
