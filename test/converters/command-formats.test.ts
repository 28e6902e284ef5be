/** The formats that only the command reads. */
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { COMMAND_FORMATS } from "../../src/converters/command-formats";
import type { ConvertRequest } from "../../src/converters/convert";
import { converted, fileOf, linesOf, timesOf } from "./support";

const read = (name: string, value: unknown, request: Partial<ConvertRequest> = {}) =>
  converted(fileOf(name, typeof value === "string" ? value : JSON.stringify(value, null, 2)), {
    formats: COMMAND_FORMATS,
    ...request,
  });

describe("the activity of Gemini in Google Takeout", () => {
  const activity = (time: string, title: string, html?: string, more: object = {}) => ({
    header: "Gemini Apps",
    title,
    time,
    products: ["Gemini Apps"],
    activityControls: ["Gemini Apps Activity"],
    ...(html !== undefined && { safeHtmlItem: [{ html }] }),
    ...more,
  });

  it("is divided where nothing was asked for half an hour, oldest first, with its answers as text", async () => {
    const skipped = {};
    const [bees, rain, ...others] = await read(
      "MyActivity.json",
      [
        activity("2026-07-26T09:00:00.000Z", "Prompted Will it rain?", "<p>No.</p>"),
        activity("2026-07-26T06:20:00.000Z", "Created Gemini Canvas titled Bees"),
        activity(
          "2026-07-26T06:12:00.000Z",
          "Prompted What do they eat? Attached 1 file.",
          "<p>Pollen &amp; <b>nectar</b>:</p>\n<ul><li>lime</li><li>5 &lt; 6</li></ul>",
          { attachedFiles: ["hive.jpg"] },
        ),
        activity("2026-07-26T06:00:00.000Z", "Prompted Who are\nbees?", "<p>Insects&#33;</p>"),
        { header: "Search", title: "Searched for gems", time: "2026-07-26T05:00:00.000Z", products: ["Search"] },
      ],
      { skipped },
    );
    expect(others).toEqual([]);
    expect(bees?.sessionId).toBe("gemini:1785045600000");
    expect(linesOf(bees)).toEqual([
      "user: Who are\nbees?",
      "assistant: Insects!",
      "user: What do they eat?\n[file: hive.jpg]",
      "assistant: Pollen & nectar:\n\n- lime\n- 5 < 6",
    ]);
    expect(timesOf(bees).at(-1)).toBe("2026-07-26T06:12:00.000Z");
    expect(linesOf(rain)).toEqual(["user: Will it rain?", "assistant: No."]);
    expect(bees?.skipped).toEqual({ "activities that are no prompts": 1 });
    expect(skipped).toEqual({ "entries that are no conversations": 1 });
  });

  it("in another language keeps its verb, and leaves out what has no answer", async () => {
    const [chat] = await read("MyActivity.json", [
      activity("2026-07-26T06:00:00.000Z", "Eingegebener Prompt: Hallo", "<p>Guten Tag.</p>", {
        header: "Gemini-Apps",
      }),
      activity("2026-07-26T06:01:00.000Z", "Feedback gegeben", undefined, { header: "Gemini-Apps" }),
    ]);
    expect(linesOf(chat)).toEqual(["user: Eingegebener Prompt: Hallo", "assistant: Guten Tag."]);
  });
});

describe("an export of Grok", () => {
  const response = (id: string, parent: string | undefined, sender: string, message: string, ms: number) => ({
    response: {
      _id: id,
      conversation_id: "c",
      message,
      sender,
      create_time: { $date: { $numberLong: String(ms) } },
      parent_response_id: parent,
      model: "grok-4",
      file_attachments: [],
    },
    share_link: null,
  });
  const conversation = {
    id: "00000000-0000-4000-8000-00000000000c",
    title: "Bees",
    create_time: "2025-03-01T10:00:00Z",
  };

  it("is the branch of its newest message, without marks of citations", async () => {
    const cited =
      'Insects.<grok:render card_id="1" card_type="citation_card"><argument name="id">0</argument></grok:render>';
    const [bees] = await read("prod-grok-backend.json", {
      conversations: [
        {
          conversation,
          responses: [
            response("1", undefined, "human", "What are bees?", 1_740_823_200_000),
            response("2", "1", "ASSISTANT", "Birds.", 1_740_823_201_000),
            response("3", "1", "assistant", cited, 1_740_823_202_000),
          ],
        },
      ],
      projects: [],
      tasks: [],
    });
    expect(bees).toMatchObject({ sessionId: "grok:00000000-0000-4000-8000-00000000000c", title: "Bees" });
    expect(linesOf(bees)).toEqual(["user: What are bees?", "assistant: Insects."]);
    expect(timesOf(bees)[0]).toBe("2025-03-01T10:00:00.000Z");
    expect(bees?.skipped).toEqual({ "messages of other branches": 1 });
  });

  it("without parents is in the order of its times", async () => {
    const [bees] = await read("prod-grok-backend.json", {
      conversations: [
        {
          conversation,
          responses: [
            response("2", undefined, "assistant", "Insects.", 1_740_823_201_000),
            response("1", undefined, "human", "What are bees?", 1_740_823_200_000),
          ],
        },
      ],
    });
    expect(linesOf(bees)).toEqual(["user: What are bees?", "assistant: Insects."]);
  });
});

it("a zip of Mistral's Le Chat has a conversation per file, in the order of its times", async () => {
  const message = (role: string, content: string, createdAt: string, more: object = {}) => ({
    id: createdAt,
    version: 0,
    chatId: "00000000-0000-4000-8000-00000000000d",
    content,
    contentChunks: null,
    role,
    createdAt,
    reaction: "neutral",
    canvas: [],
    quotes: [],
    files: [],
    ...more,
  });
  const chunks = [
    { type: "tool_call", name: "web_search", publicArguments: "{}" },
    { type: "text", text: "It rains" },
    { type: "reference", referenceIds: [1] },
    { type: "text", text: " at noon." },
  ];
  const chat = [
    message("assistant", "It rains at noon.", "2025-10-01T10:00:05.000Z", { contentChunks: chunks }),
    message("user", "Will it rain?", "2025-10-01T10:00:00.000Z", { files: [{ type: "image", name: "sky.png" }] }),
  ];
  const zip = zipSync({
    "chat-00000000-0000-4000-8000-00000000000d.json": new TextEncoder().encode(JSON.stringify(chat)),
    "chat-00000000-0000-4000-8000-00000000000d-files/sky.png": new Uint8Array(10),
  });
  const [rain, ...others] = await converted(fileOf("le-chat.zip", zip), { formats: COMMAND_FORMATS });
  expect(others).toEqual([]);
  expect(rain?.sessionId).toBe("mistral:00000000-0000-4000-8000-00000000000d");
  expect(linesOf(rain)).toEqual([
    "user: Will it rain?\n[file: sky.png]",
    "assistant: [call of web_search]\nIt rains at noon.",
  ]);
  // The page would read the messages in the order of the file.
  await expect(converted(fileOf("chat.json", JSON.stringify(chat)))).rejects.toThrow("not recognized");
});
