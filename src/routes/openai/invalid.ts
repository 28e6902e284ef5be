import { FailureError } from "../../middleware/respond";

/** A refusal that names the field. */
export const invalid = (path: string, message: string) =>
  new FailureError({ reason: "invalid_request", errors: [{ path, message }] });
