import { Hono } from "hono";
import type { AppEnv } from "../env";
import { json } from "../middleware/json-response";
import { orThrow } from "../middleware/respond";
import { route } from "../middleware/route";
import { valid } from "../middleware/validation";
import { callUser } from "../rpc/call-user";
import type { ResponseBody } from "../schema/response-body";
import { fact, factChange, factDeleted, factParam, factRequest, factsResponse, userParam } from "../schema/user-schema";
import type { Fact } from "../turn/user-memory";
import { iso } from "../wire/to-json";
import type { Operations } from "./operation";

export const operations = (): Operations => ({
  "GET /users/:userId/facts": {
    id: "facts",
    summary: "List the facts about a user",
    description: "Returns all of them, newest first.",
    response: factsResponse,
    postman: [{ at: 380, name: "List the facts", includes: "Porto" }],
  },
  "POST /users/:userId/facts": {
    id: "addFact",
    summary: "Add a fact about a user",
    description: "Prompts of this user contain their facts, as many as `FACT_TOKENS` allows. A user has up to 500.",
    example: { text: "Ana keeps bees in Lisbon." },
    status: 201,
    response: fact,
    failures: ["facts_full", "user_being_deleted", "storage_failed"],
    postman: [{ at: 360, name: "Add a fact", sets: { factId: "pm.response.json().id" } }],
  },
  "PATCH /users/:userId/facts/:factId": {
    id: "changeFact",
    summary: "Edit a fact",
    description: "Replaces the text. Source and creation time stay.",
    example: { text: "Ana keeps bees in Porto." },
    response: fact,
    failures: ["fact_not_found", "storage_failed"],
    postman: [{ at: 370, name: "Edit it" }],
  },
  "DELETE /users/:userId/facts/:factId": {
    id: "deleteFact",
    summary: "Delete a fact",
    description: "No later prompt contains it.",
    response: factDeleted,
    failures: ["fact_not_found", "storage_failed"],
    postman: [{ at: 390, name: "Delete it" }],
  },
});

const toFact = ({ id, text, source, createdAt, updatedAt }: Fact): ResponseBody<typeof fact> => ({
  id,
  text,
  source,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});

const users = route({ tokens: "user" });

export const routes = new Hono<AppEnv>()
  .get("/users/:userId/facts", users, valid("param", userParam), async (c) => {
    const { userId } = c.req.valid("param");
    const known = await callUser(c, userId, (stub) => stub.facts());
    const body: ResponseBody<typeof factsResponse> = { data: known.map(toFact) };
    return json(c, body, 200);
  })
  .post("/users/:userId/facts", users, valid("param", userParam), valid("json", factRequest), async (c) => {
    const { userId } = c.req.valid("param");
    const { text, source = null } = c.req.valid("json");
    const added = orThrow(await callUser(c, userId, (stub) => stub.addFact(text, source), { retry: false }));
    return json(c, toFact(added), 201);
  })
  .patch("/users/:userId/facts/:factId", users, valid("param", factParam), valid("json", factChange), async (c) => {
    const { userId, factId } = c.req.valid("param");
    const { text } = c.req.valid("json");
    const changed = orThrow(await callUser(c, userId, (stub) => stub.changeFact(factId, text)));
    return json(c, toFact(changed), 200);
  })
  .delete("/users/:userId/facts/:factId", users, valid("param", factParam), async (c) => {
    const { userId, factId } = c.req.valid("param");
    orThrow(await callUser(c, userId, (stub) => stub.deleteFact(factId), { retry: false }));
    const body: ResponseBody<typeof factDeleted> = { ok: true, id: factId };
    return json(c, body, 200);
  });
