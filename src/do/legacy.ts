import { DurableObject } from "cloudflare:workers";

/**
 * Replaces `MyDurableObject` of version 1, so that its deployments keep their class and binding.
 *
 * Delete it when no deployment has tag v4 any more, with a new migration tag that lists it under `deleted_classes`.
 */
export class LegacyDO extends DurableObject {
  override fetch(): Response {
    return new Response("legacy DO ok");
  }
}
