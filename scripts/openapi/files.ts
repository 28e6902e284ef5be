/** The generated files: their paths and texts. */
import { openapi } from "./document";
import { collection, environment } from "./postman";
import { toolList } from "./tool-list";

const document = openapi();

export const files = {
  "openapi.json": `${JSON.stringify(document, null, 1)}\n`,
  "mcp-tools.json": `${JSON.stringify(toolList, null, 1)}\n`,
  "postman/llamory.postman_collection.json": `${JSON.stringify(collection(document), null, 2)}\n`,
  "postman/llamory.postman_environment.json": `${JSON.stringify(environment(), null, 2)}\n`,
};
