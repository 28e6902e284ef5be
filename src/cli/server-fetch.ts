import type { Options } from "./options";

/** Sends a request to a path of the server. For routes that not every server has: the typed client covers the others. */
export const serverFetch = (
  { url, token }: Options,
  path: string,
  method = "GET",
  { headers, ...init }: { headers?: Record<string, string>; body?: Blob; signal?: AbortSignal } = {},
): Promise<Response> =>
  fetch(url + path, {
    ...init,
    method,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
