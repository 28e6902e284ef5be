/** Lists the tools of the MCP server as its clients read them. The Worker contains neither the list nor the code that makes it. */
import * as z from "zod/mini";
import { tools } from "../../src/routes/mcp/tools";
import { commentOf } from "./described";

export const toolList = Object.entries(tools).map(([name, tool]) => ({
  name,
  description: commentOf(tool),
  inputSchema: z.toJSONSchema(tool.input, {
    io: "input",
    unrepresentable: "any",
    // Clients that turn schemas into grammars refuse patterns with classes. The tools check the arguments themselves.
    override: ({ jsonSchema }) => {
      jsonSchema.pattern = undefined;
    },
  }),
}));
