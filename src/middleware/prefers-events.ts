/** Returns whether an `Accept` header names events, and JSON with no higher quality. */
export function prefersEvents(accept: string | undefined): boolean {
  const events = qualityOf(accept, "text/event-stream");
  return events > 0 && events >= qualityOf(accept, "application/json");
}

/** Returns the quality of a type that a header names, from 0 to 1; 0 for another type. */
function qualityOf(accept = "", type: string): number {
  for (const entry of accept.split(",")) {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    return quality === undefined ? 1 : Number(quality.slice(2)) || 0;
  }
  return 0;
}
