// Creates an API token, optionally for a tenant: npm run token -- [tenant]
import { createHash, randomBytes } from "node:crypto";

const [tenant] = process.argv.slice(2);
if (tenant !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(tenant)) {
  console.error("A tenant's name is 1 to 64 of the characters A-Z a-z 0-9 _ -");
  process.exit(2);
}
const token = `llamory_${randomBytes(32).toString("base64url")}`;
const digest = createHash("sha256").update(token).digest("hex");
console.log(`The token, shown this once; its holder sends it as \`authorization: Bearer …\`:

${token}

What goes into API_TOKENS, behind a comma where there is one already (npx wrangler secret put API_TOKENS):

${tenant === undefined ? digest : `${tenant}:${digest}`}`);
