import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { converted, fileOf, linesOf } from "./support";

/** A tree of ChatGPT: each node's parent is an earlier node. */
const trees = fc.array(
  fc.record({ up: fc.nat(), user: fc.boolean(), time: fc.option(fc.integer({ min: 1, max: 1.7e9 })) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

/** Returns a conversation of a tree with its nodes in another order, and the expected branch. */
function conversationOf(shape: { up: number; user: boolean; time: number | null }[], current: number, order: number[]) {
  const parents = shape.map(({ up }, at) => (at === 0 ? null : up % at));
  const nodes = shape.map(({ user, time }, at) => [
    `n${at}`,
    {
      parent: parents[at] === null ? null : `n${parents[at]}`,
      children: parents.flatMap((parent, child) => (parent === at ? [`n${child}`] : [])),
      message: {
        author: { role: user ? "user" : "assistant" },
        create_time: time,
        content: { content_type: "text", parts: [`text ${at}`] },
      },
    },
  ]);
  const shuffled = nodes
    .map((node, at) => ({ node, key: order[at % order.length] ?? 0 }))
    .sort((a, b) => a.key - b.key);
  const leaf = current % shape.length;
  const branch: number[] = [];
  for (let at: number | null | undefined = leaf; typeof at === "number"; at = parents[at]) branch.unshift(at);
  const conversation = {
    id: "c",
    mapping: Object.fromEntries(shuffled.map(({ node }) => node)),
    current_node: `n${leaf}`,
  };
  return { conversation, branch: branch.map((at) => `${shape[at]?.user ? "user" : "assistant"}: text ${at}`) };
}

describe("a tree of messages", () => {
  it("of ChatGPT is its current branch in order, with times that never fall, in whatever order its nodes are", async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(), fc.array(fc.nat(), { minLength: 1 }), async (shape, current, order) => {
        const { conversation, branch } = conversationOf(shape, current, order);
        const [only] = await converted(fileOf("conversations.json", JSON.stringify([conversation])));
        expect(linesOf(only)).toEqual(branch);
        const times = only?.messages.map(({ createdAt }) => createdAt ?? 0) ?? [];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([
    ["that is a cycle", { a: { parent: "b", children: ["b"] }, b: { parent: "a", children: ["a"] } }, "a", 2],
    ["whose node is its own parent", { a: { parent: "a", children: ["a"] } }, "a", 1],
    ["whose current node is missing", { a: { parent: null }, b: { parent: "a" } }, "x", 2],
    ["whose parent is missing", { b: { parent: "a" } }, "b", 1],
    ["with nodes that are no objects", { a: null, b: { parent: "a" } }, "b", 1],
  ])("%s ends", async (_, nodes, current, length) => {
    const message = { author: { role: "user" }, content: { content_type: "text", parts: ["Hi"] } };
    const mapping = Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, node && { ...node, message }]));
    const [only] = await converted(fileOf("c.json", JSON.stringify([{ id: "c", mapping, current_node: current }])));
    expect(only?.messages).toHaveLength(length);
  });

  it("of Claude that names no current message is the branch of its newest one, or all messages of one branch", async () => {
    const said = (uuid: string, parent: string, at: number) => ({
      uuid,
      parent_message_uuid: parent,
      sender: "human",
      text: uuid,
      created_at: `2026-01-01T10:00:0${at}Z`,
    });
    const branchOf = async (...messages: object[]) => {
      const file = JSON.stringify([{ uuid: "c", chat_messages: messages }]);
      return linesOf((await converted(fileOf("conversations.json", file)))[0]);
    };
    const [first, edited, answer] = [said("first", "root", 1), said("edited", "root", 2), said("answer", "edited", 3)];
    expect(await branchOf(first, edited, answer)).toEqual(["user: edited", "user: answer"]);
    expect(await branchOf(first, answer)).toEqual(["user: first", "user: answer"]);
  });

  it("of LibreChat may be nested 20,000 levels deep", async () => {
    let tree: object[] = [];
    for (let at = 20_000; at > 0; at -= 1)
      tree = [{ messageId: `${at}`, text: `${at}`, isCreatedByUser: true, children: tree }];
    const text = nested(tree);
    const [only] = await converted(fileOf("l.json", `{"conversationId":"c","messagesTree":${text}}`));
    expect(only?.messages).toHaveLength(20_000);
  });
});

/** Writes nested messages without recursion. */
function nested(tree: object[]): string {
  let [head, tail] = ["", ""];
  for (let level: object | undefined = tree[0]; level; ) {
    const { children = [], ...rest }: { children?: object[] } = level;
    head += `[${JSON.stringify(rest).slice(0, -1)},"children":`;
    tail = `}]${tail}`;
    level = children[0];
  }
  return `${head}[]${tail}`;
}
