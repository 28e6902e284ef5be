import { createServer, type Socket } from "node:net";
import { askStream } from "llamory/client";
import { describe, expect, inject, it } from "vitest";
import { json, post, serve } from "./support/http";
import { type Ended, Workerd } from "./support/workerd";

interface Transcript {
  data: { role: string; content: string }[];
}

const transcript = async (url: string, session: string) => {
  const { data } = (await (await fetch(`${url}/sessions/${session}/messages`)).json()) as Transcript;
  return data.reverse().map(({ role, content }) => `${role}: ${content}`);
};

/** Starts a TCP proxy that cuts a connection after it sends a text to the client, `cuts` times. */
async function cuttingProxy(target: string, text: string, cuts: number) {
  const { port } = new URL(target);
  let left = cuts;
  const { connect } = await import("node:net");
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), "127.0.0.1");
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => {}));
    client.pipe(upstream);
    upstream.on("data", (data) => {
      client.write(data, () => {
        if (left === 0 || !data.toString().includes(text)) return;
        left -= 1;
        client.destroy();
        upstream.destroy();
      });
    });
    upstream.on("end", () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    cutsLeft: () => left,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a client that is lost over the network", () => {
  it.each([
    ["a JSON ask", false],
    ["a streamed one", true],
  ])("loses nothing of %s: it ends after its Worker is gone, and is remembered whole", async (_what, stream) => {
    const called = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await using watcher = await serve(async ({ url, body }, response) => {
      if (url === "/leave") await called.promise;
      else if ((body as Ended).what === "POST /ask") gone.resolve();
      response.end();
    });
    await using upstream = await serve(async ({ body }, response) => {
      called.resolve();
      if (!(body as { inputs: { stream?: boolean } }).inputs.stream) {
        await gate.promise;
        return json(response, 200, { response: "Remembered whole." });
      }
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ response: "Remembered " })}\n\n`);
      await gate.promise;
      response.end(`data: ${JSON.stringify({ response: "whole." })}\n\ndata: [DONE]\n\n`);
    });
    await using server = new Workerd({
      bundle: inject("bundle"),
      ai: { upstream: upstream.address },
      watcher: watcher.address,
    });
    await server.start();
    const asked = { sessionId: "a", question: "Will you?", stream };
    expect(await (await post(`${server.url}/ask`, asked, { "x-leave": "at once" })).text()).toBe("left");
    // The request's context has ended while the model still writes: the turn continues in its object.
    await gone.promise;
    gate.resolve();
    // The next question waits for the turn before it.
    expect((await post(`${server.url}/ask`, { sessionId: "a", question: "And?" })).status).toBe(200);
    expect((await transcript(server.url, "a")).slice(0, 3)).toEqual([
      "user: Will you?",
      "assistant: Remembered whole.",
      "user: And?",
    ]);
  });

  it("reads a stream to its end with the client's reader, over connections that are cut again and again", async () => {
    const words = Array.from({ length: 150 }, (_, at) => `word${at} `);
    await using upstream = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const say = (at: number) => {
        const word = words[at];
        if (word === undefined) return response.end("data: [DONE]\n\n");
        response.write(`data: ${JSON.stringify({ response: word })}\n\n`, () => setTimeout(say, 10, at + 1));
      };
      say(0);
    });
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    await using proxy = await cuttingProxy(server.url, "event: delta", 3);
    let text = "";
    const events: string[] = [];
    const attempts: number[] = [];
    const onRetry = (attempt: number) => attempts.push(attempt);
    for await (const { event, data } of askStream(proxy.url, { sessionId: "a", question: "Count." }, { onRetry })) {
      events.push(event);
      if (event === "delta") text += data.text;
      if (event === "done") expect(data.answer).toBe(words.join(""));
    }
    expect(text).toBe(words.join(""));
    expect(events[0]).toBe("start");
    expect(events.at(-1)).toBe("done");
    expect(proxy.cutsLeft()).toBe(0);
    // Each connection brought an event, so each attempt counts as the first.
    expect(attempts).toEqual([1, 1, 1]);
    expect(upstream.received).toHaveLength(1);
    expect(await transcript(server.url, "a")).toHaveLength(2);
  });

  it("gives its place up to other followers of its turn, however often it comes back", async () => {
    const gate = Promise.withResolvers<void>();
    await using upstream = await serve(async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify({ response: "Once " })}\n\n`);
      await gate.promise;
      response.end(`data: ${JSON.stringify({ response: "more." })}\n\ndata: [DONE]\n\n`);
    });
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    const asked = await post(`${server.url}/ask`, { sessionId: "a", question: "Again?", stream: true });
    const reader = asked.body?.pipeThrough(new TextDecoderStream()).getReader();
    const turnId = /"turnId":"([^"]+)"/.exec((await reader?.read())?.value ?? "")?.[1];
    const follow = (signal?: AbortSignal) =>
      fetch(`${server.url}/sessions/a/turns/${turnId}/stream`, signal ? { signal } : {});
    // More connections than a turn may have followers.
    for (let time = 0; time < 70; time += 1) {
      const leaving = new AbortController();
      const response = await follow(leaving.signal);
      expect(response.status, `follower ${time}`).toBe(200);
      await response.body?.getReader().read();
      leaving.abort();
    }
    gate.resolve();
    expect(await (await follow()).text()).toContain("more.");
    await reader?.cancel();
  });

  it("holds nobody up when it stops reading", async () => {
    await using server = new Workerd({ bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" } });
    await server.start();
    const slow = await post(`${server.url}/ask`, { sessionId: "a", question: "Hello there.", stream: true });
    const reader = slow.body?.getReader();
    await reader?.read();
    const other = await post(`${server.url}/ask`, { sessionId: "a", question: "Are you free?" });
    expect(other.status).toBe(200);
    expect(await transcript(server.url, "a")).toHaveLength(4);
    await reader?.cancel();
  });
});

describe("a server that is killed in the middle of a stream", () => {
  it("has the turn afterwards, interrupted, with what was said up to a few seconds before", async () => {
    let said = 0;
    await using upstream = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => {
        said += 1;
        response.write(`data: ${JSON.stringify({ response: `word${said} ` })}\n\n`);
      }, 50);
      response.on("close", () => clearInterval(timer));
    });
    await using server = new Workerd({ bundle: inject("bundle"), ai: { upstream: upstream.address } });
    await server.start();
    const response = await post(`${server.url}/ask`, { sessionId: "a", question: "Talk.", stream: true });
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      // Word 120 comes after 6 seconds.
      if (text.includes("word120 ")) break;
    }
    await server.kill();
    await server.start();
    const { data } = (await (await fetch(`${server.url}/sessions/a/messages`)).json()) as {
      data: { status: string; content: string; turnId: string }[];
    };
    const [answer] = data;
    expect(answer?.status).toBe("interrupted");
    const words = answer?.content.split(" ").filter(Boolean) ?? [];
    expect(words).toEqual(Array.from({ length: words.length }, (_, at) => `word${at + 1}`));
    expect(words.length).toBeGreaterThan(20);
    const turn = await fetch(`${server.url}/sessions/a/turns/${answer?.turnId}`);
    expect(await turn.json()).toMatchObject({ status: "interrupted", answer: answer?.content });
  });
});
