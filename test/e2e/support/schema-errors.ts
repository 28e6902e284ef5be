import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const options = { strict: false, allErrors: true };
const [draft2020, draft7] = [addFormats.default(new Ajv2020(options)), addFormats.default(new Ajv(options))];

/** Returns the errors that ajv finds in a value; null if it matches. The name of the schema says if it is of draft 7. */
export function schemaErrors(name: string, schema: object, value: unknown) {
  const validate = (name.includes("draft 7") ? draft7 : draft2020).compile(schema);
  validate(value);
  return validate.errors;
}
