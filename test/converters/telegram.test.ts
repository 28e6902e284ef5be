import { expect, it } from "vitest";
import { converted, fileOf, linesOf } from "./support";

it("a chat of Telegram keeps the names and addresses of places", async () => {
  const place = { location_information: { latitude: 38.7, longitude: -9.1 } };
  const messages = [
    { place_name: "Café Lima", address: "Rua 1, Lisbon", ...place },
    { place_name: "Café Lima", address: "" },
    place,
  ].map((fields, id) => ({ id, type: "message", from: "Bo", date_unixtime: "1", text: "", ...fields }));
  const [chat] = await converted(fileOf("result.json", JSON.stringify({ id: 1, type: "saved_messages", messages })));
  expect(linesOf(chat)).toEqual([
    "user Bo: [location: Café Lima, Rua 1, Lisbon]",
    "user Bo: [location: Café Lima]",
    "user Bo: [location]",
  ]);
});
