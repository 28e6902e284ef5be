import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { converted, fileOf, linesOf } from "./support";

const section = (...elements: object[]) => ({ type: "rich_text_section", elements });
const text = (content: string) => ({ type: "text", text: content });

/** Returns the messages of a channel in an export. */
async function channelOf(messages: object[], { users = "users.json", folder = "general/" } = {}): Promise<string[]> {
  const files = {
    [users]: [{ id: "U1", name: "ana", profile: { display_name: "Ana" } }],
    "channels.json": [{ id: "C1", name: "general" }],
    [`${folder}2026-01-02.json`]: messages.map((message, at) => ({
      user: "U1",
      ts: `176734800${at}.000100`,
      ...message,
    })),
  };
  const packed = Object.entries(files).map(([path, value]) => [path, strToU8(JSON.stringify(value))] as const);
  const [channel] = await converted(fileOf("export.zip", zipSync(Object.fromEntries(packed))));
  return linesOf(channel);
}

describe("a message in an export of Slack", () => {
  it("without a text has the text of its blocks", async () => {
    const list = { type: "rich_text_list", elements: [section(text("Sun")), section(text("Rain"))] };
    const rich = { type: "rich_text", elements: [section({ type: "user", user_id: "U1" }, text(" says:")), list] };
    const table = {
      type: "table",
      rows: [
        [
          { type: "raw_text", text: "Hives" },
          { type: "raw_text", text: "12" },
        ],
      ],
    };
    const header = { type: "header", text: { type: "plain_text", text: "News" } };
    expect(
      await channelOf([
        { text: "", blocks: [rich] },
        { text: "", blocks: [header, table] },
        { text: "Its text", blocks: [rich] },
      ]),
    ).toEqual(["user Ana: @Ana says:\nSun\nRain", "user Ana: News\nHives | 12", "user Ana: Its text"]);
  });

  it("is read from blocks of any depth", async () => {
    let deep: object = text("inside");
    for (let level = 0; level < 500; level += 1) deep = section(deep);
    expect(await channelOf([{ text: "", blocks: [deep] }, { text: "after" }])).toEqual(["user Ana: after"]);
  });

  it("keeps a message that it forwards, and no preview of a link", async () => {
    const attachments = [
      {
        is_share: true,
        is_msg_unfurl: true,
        author_name: "Bo",
        text: "The hive is <@U1>'s.",
        fallback: "[Bo] The hive",
      },
      { title: "A page", text: "About hives", from_url: "https://example.com" },
    ];
    expect(await channelOf([{ text: "FYI", attachments }])).toEqual(["user Ana: FYI\nThe hive is @Ana's."]);
  });

  it("has the name of its speaker, also in the export of an organization", async () => {
    expect(await channelOf([{ text: "Hi" }], { users: "org_users.json" })).toEqual(["user Ana: Hi"]);
  });

  it("is found in a zip that was packed on Windows, with backslashes", async () => {
    expect(await channelOf([{ text: "Hi" }], { folder: "general\\" })).toEqual(["user Ana: Hi"]);
  });
});
