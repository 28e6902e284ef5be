import { Hono } from "hono";
import type * as z from "zod";
import type { AppEnv } from "../env";
import { respond } from "../middleware/respond";
import { valid } from "../middleware/validation";
import { callUser } from "../rpc/call-user";
import {
  type fact,
  factChange,
  type factDeleted,
  factParam,
  factRequest,
  type factsResponse,
  userParam,
} from "../schema/user-schema";
import type { Fact } from "../turn/user-memory";
import { iso } from "../wire/to-json";

const toFact = ({ id, text, source, createdAt, updatedAt }: Fact): z.input<typeof fact> => ({
  ...{ id, text, source },
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});

export const facts = new Hono<AppEnv>()
  /** `GET /users/:userId/facts`: what is known of a user, newest first. */
  .get("/users/:userId/facts", valid("param", userParam), async (c) => {
    const { userId } = c.req.valid("param");
    const known = await callUser(c, userId, (stub) => stub.facts());
    const body: z.input<typeof factsResponse> = { data: known.map(toFact) };
    return c.json(body, 200);
  })
  /** `POST /users/:userId/facts`: one more. */
  .post("/users/:userId/facts", valid("param", userParam), valid("json", factRequest), async (c) => {
    const { userId } = c.req.valid("param");
    const { text, source = null } = c.req.valid("json");
    const added = await callUser(c, userId, (stub) => stub.addFact(text, source), { retry: false });
    return added.ok ? c.json(toFact(added.value), 201) : respond(c, added.failure);
  })
  /** `PATCH /users/:userId/facts/:factId`: says it otherwise. */
  .patch("/users/:userId/facts/:factId", valid("param", factParam), valid("json", factChange), async (c) => {
    const { userId, factId } = c.req.valid("param");
    const { text } = c.req.valid("json");
    const changed = await callUser(c, userId, (stub) => stub.changeFact(factId, text));
    return changed.ok ? c.json(toFact(changed.value), 200) : respond(c, changed.failure);
  })
  /** `DELETE /users/:userId/facts/:factId` */
  .delete("/users/:userId/facts/:factId", valid("param", factParam), async (c) => {
    const { userId, factId } = c.req.valid("param");
    const deleted = await callUser(c, userId, (stub) => stub.deleteFact(factId), { retry: false });
    if (!deleted.ok) return respond(c, deleted.failure);
    const body: z.input<typeof factDeleted> = { ok: true, id: factId };
    return c.json(body, 200);
  });
