import type { Options } from "./options";

/** Sends a request to a path of the server. For routes that not every server has: the typed client covers the others. */
export const serverFetch = ({ url, token }: Options, path: string, method = "GET"): Promise<Response> =>
  fetch(url + path, { method, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) });
