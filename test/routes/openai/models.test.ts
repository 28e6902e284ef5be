import { describe, expect, it } from "vitest";
import { worker } from "../../support/worker";

describe("GET /v1/models/:model", () => {
  it("tells of a model that answers, its slashes escaped or not, and of no other", async () => {
    const llama = worker({ MODEL: "@cf/meta/llama-3.1-8b-instruct-fast" });
    const path = "/v1/models/@cf/meta/llama-3.1-8b-instruct-fast";
    for (const url of [path, `/v1/models/${encodeURIComponent(path.slice(11))}`]) {
      const response = await llama.raw(url);
      expect(await response.json()).toEqual({
        ...{ id: path.slice(11), object: "model", created: 0, owned_by: "llamory" },
        ...{ context_window: 128_000, pricing: { prompt: 0.045, completion: 0.384, assumed: true } },
      });
    }
    const unknown = await llama.fetch("/v1/models/gpt-5");
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "model_not_found" } });
  });
});
