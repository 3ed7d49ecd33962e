// Node's http module sending the events of the benchmark: node server.mjs
import { createServer } from "node:http";

const EVENT = process.env.EVENT;

createServer(async (request, response) => {
  const [, what, count] = request.url.split("/");
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let gone = false;
  let wake = () => {};
  response.on("close", () => { gone = true; wake(); });
  response.on("drain", () => wake());
  if (what === "flat") {
    for (let sent = 0; sent < Number(count) && !gone; sent++) {
      if (!response.write(EVENT)) await new Promise(resolve => { wake = resolve; });
    }
    response.end();
  } else {
    response.write(EVENT);
    for (let sent = 1; sent < Number(count) && !gone; sent++) {
      await new Promise(resolve => setTimeout(resolve, 100));
      response.write(EVENT);
    }
  }
}).listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, function () {
  console.log(this.address().port);
});
