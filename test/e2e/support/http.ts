import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  url: string;
  method: string;
  headers: IncomingMessage["headers"];
  text: string;
  /** The text parsed as JSON; undefined for lines of JSON and for an empty text. */
  body: unknown;
}

/** Starts an HTTP server on loopback that records the requests it receives. */
export async function serve(handle: (received: Received, response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // The client has disconnected.
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const one = {
      url: request.url ?? "",
      method: request.method ?? "",
      headers: request.headers,
      text,
      body: text && request.headers["content-type"] !== "application/x-ndjson" ? JSON.parse(text) : undefined,
    };
    received.push(one);
    handle(one, response);
  });
  // Closes no idle connection: a request that is sent on it at that moment would be lost.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Replies with JSON. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

export const ask = async (url: string, sessionId: string, question: string) =>
  (await (await post(`${url}/ask`, { sessionId, question })).json()) as { answer: string };
