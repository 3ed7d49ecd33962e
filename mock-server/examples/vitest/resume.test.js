import { EventSource } from "eventsource";
import { expect, inject, test } from "vitest";

test("resumes after a dropped connection", async () => {
  const received = [];
  await new Promise((done) => {
    const source = new EventSource(`${inject("mockUrl")}stream`);
    source.onmessage = ({ data }) => {
      received.push(data);
      if (received.length === 2) done(source.close());
    };
  });
  expect(received).toEqual(["first", "second"]);
});
