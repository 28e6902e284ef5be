const session = { sessionId: "{{sessionId}}" };
const saidSo = (text) => [
  `pm.test("remembers", () => pm.expect(pm.response.text()).to.include(${JSON.stringify(text)}));`,
];
const streamed = [
  'pm.test("ends with done", () => pm.expect(pm.response.text()).to.include("event: done"));',
  'pm.collectionVariables.set("turnId", /"turnId":"([^"]+)"/.exec(pm.response.text())[1]);',
];

/** The steps of the collection: an operation, its input, and tests beyond status, type and schema. */
export const story = [
  { name: "Is it there?", id: "health" },
  { name: "What can it do?", id: "openapi" },
  { name: "Start with an empty session", id: "deleteSession" },
  { name: "Tell it something", id: "ask", body: { ...session, question: "My name is Ana and I keep bees in Lisbon." } },
  { name: "Ask again", id: "ask", body: { ...session, question: "What is my name?" }, tests: saidSo("Ana") },
  { name: "Read the history", id: "messages", query: { limit: "10" }, tests: saidSo("bees in Lisbon") },
  { name: "Give it a title", id: "renameSession", body: { title: "Bees in Lisbon" } },
  { name: "How much is there?", id: "session", tests: saidSo("Bees in Lisbon") },
  {
    name: "Add what was said elsewhere",
    id: "appendMessages",
    body: {
      messages: [
        { role: "user", name: "Ana", content: "The honey is ripe in July." },
        { role: "assistant", content: "I see." },
      ],
    },
  },
  { name: "Search", id: "search", query: { q: "honey" }, tests: saidSo("ripe in July") },
  {
    name: "Search, and say it to nobody's log",
    id: "searchByPost",
    body: { q: "honey" },
    tests: saidSo("ripe in July"),
  },
  {
    name: "See the prompt",
    id: "context",
    body: { question: "When is the honey ripe?" },
    tests: saidSo("ripe in July"),
  },
  {
    name: "Take it elsewhere",
    id: "exportSession",
    tests: [...saidSo("ripe in July"), 'pm.collectionVariables.set("lines", pm.response.text());'],
  },
  { name: "Empty the other session", id: "deleteSession", params: { sessionId: "{{sessionId}}-2" } },
  { name: "And bring it there", id: "importSession", params: { sessionId: "{{sessionId}}-2" }, lines: "{{lines}}" },
  {
    name: "Stream an answer",
    id: "ask",
    type: "text/event-stream",
    body: { ...session, question: "When is the honey ripe?", stream: true },
    tests: [...streamed, ...saidSo("ripe")],
  },
  { name: "Look at the turn", id: "turn", tests: saidSo("complete") },
  { name: "Replay its stream", id: "followTurn", type: "text/event-stream", tests: streamed },
  { name: "Cancel it, too late", id: "cancelTurn", tests: saidSo("complete") },
  {
    name: "List the models as OpenAI does",
    id: "models",
    tests: ['pm.collectionVariables.set("model", pm.response.json().data[0].id);'],
  },
  {
    name: "Chat as with OpenAI",
    id: "chatCompletions",
    headers: { "x-session-id": "{{sessionId}}" },
    body: { model: "llama", messages: [{ role: "user", content: "What is my name?" }] },
    tests: saidSo("Ana"),
  },
  {
    name: "Respond as OpenAI does",
    id: "responses",
    body: { model: "llama", input: "What is my name?", conversation: "{{sessionId}}" },
    tests: [...saidSo("Ana"), 'pm.collectionVariables.set("responseId", pm.response.json().id);'],
  },
  { name: "Read the response again", id: "response", tests: saidSo("Ana") },
  { name: "Delete it", id: "deleteResponse" },
  { name: "One model", id: "model" },
  {
    name: "As an MCP client: which tools are there?",
    id: "mcp",
    body: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    tests: saidSo("search_memory"),
  },
  { name: "A question too few", id: "ask", status: 400, body: session, tests: saidSo("invalid_request") },
  {
    name: "A turn that is not there",
    id: "turn",
    status: 404,
    params: { turnId: "nobody" },
    tests: saidSo("turn_not_found"),
  },
  {
    name: "Make a token for a browser",
    id: "makeToken",
    body: { sessionIds: ["{{sessionId}}"], expiresIn: 600 },
  },
  {
    name: "Tell it something as a person",
    id: "ask",
    body: { sessionId: "{{sessionId}}-of-ana", userId: "{{userId}}", question: "My hives stand under a lime tree." },
  },
  {
    name: "And ask in another conversation of theirs",
    id: "ask",
    body: { sessionId: "{{sessionId}}-of-ana-2", userId: "{{userId}}", question: "Where do my hives stand?" },
    tests: saidSo("lime tree"),
  },
  { name: "Which conversations are there?", id: "userSessions", tests: saidSo("My hives stand") },
  { name: "Search them all", id: "searchUser", query: { q: "lime tree" }, tests: saidSo("-of-ana") },
  { name: "And say it to nobody's log", id: "searchUserByPost", body: { q: "lime tree" }, tests: saidSo("-of-ana") },
  {
    name: "Note a fact about them",
    id: "addFact",
    body: { text: "Ana is allergic to walnuts." },
    tests: ['pm.collectionVariables.set("factId", pm.response.json().id);'],
  },
  { name: "Say it better", id: "changeFact", body: { text: "Ana is allergic to all nuts." } },
  { name: "What is known of them?", id: "facts", tests: saidSo("all nuts") },
  { name: "Forget that", id: "deleteFact" },
  { name: "Forget them", id: "deleteUser", tests: saidSo('"sessions":2') },
  { name: "See what reaches the Worker", id: "debug" },
  { name: "Empty the session", id: "reset", body: session, tests: saidSo('"ok":true') },
  { name: "It has forgotten", id: "messages", tests: saidSo('"data":[]') },
];
