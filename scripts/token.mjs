// Creates an API token, optionally for a tenant: npm run token -- [tenant] [--secrets FILE]
// With --secrets, writes the secrets of a first deployment to a new file.
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const fail = (message) => {
  console.error(message);
  process.exit(2);
};
const USAGE = "Usage: npm run token -- [tenant] [--secrets FILE]";

function read() {
  try {
    return parseArgs({ allowPositionals: true, options: { secrets: { type: "string" } } });
  } catch (error) {
    return fail(`${error.message}\n${USAGE}`);
  }
}

const { values, positionals } = read();
const [tenant, ...more] = positionals;
// npm takes options without `--` before them for its own, and tells scripts so.
if (more.length > 0 || "npm_config_secrets" in process.env) fail(USAGE);
if (tenant !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(tenant)) {
  fail("A tenant's name is 1 to 64 of the characters A-Z a-z 0-9 _ -");
}
const token = `llamory_${randomBytes(32).toString("base64url")}`;
const digest = createHash("sha256").update(token).digest("hex");
const holder = tenant === undefined ? digest : `${tenant}:${digest}`;
const secrets = { API_TOKENS: holder, SESSION_KEY: randomBytes(32).toString("base64") };
if (values.secrets !== undefined) {
  // Prints no token whose hash could not be written.
  try {
    writeFileSync(values.secrets, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    fail(error.code === "EEXIST" ? `${values.secrets} exists already` : error.message);
  }
}
console.log(`The token, shown only once. Clients send it as \`authorization: Bearer …\`:

${token}
`);
console.log(
  values.secrets === undefined
    ? `Add this to API_TOKENS, after a comma if it contains a token already (npx wrangler secret put API_TOKENS):

${holder}`
    : `API_TOKENS and SESSION_KEY are in ${values.secrets}. Deploy with them, then keep the file in a safe place:

npm run deploy -- --secrets-file ${values.secrets}`,
);
