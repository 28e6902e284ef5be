/** Lists the tools of the MCP server as its clients read them. The Worker contains the list, not the code that makes it. */
import * as z from "zod/mini";
import { tools } from "../../src/routes/mcp/tools";

export const toolList = Object.entries(tools).map(([name, { description, input }]) => ({
  name,
  description,
  inputSchema: z.toJSONSchema(input, {
    io: "input",
    unrepresentable: "any",
    // Clients that turn schemas into grammars refuse patterns with classes. The tools check the arguments themselves.
    override: ({ jsonSchema }) => {
      jsonSchema.pattern = undefined;
    },
  }),
}));
