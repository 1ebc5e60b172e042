// A service in TypeScript: each tenant's own prompt over HTTP, from a registry or a vendored folder.
//
//     PROMPTS=https://prompts.example.org node service.js
import { createServer } from "node:http";
import { InputError, Prompts, PromptcError, UnknownTenant } from "promptc-runtime";

const prompts = await Prompts.open(process.env.PROMPTS!, { channel: process.env.CHANNEL ?? "prod" });

const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const found = /^\/tenants\/([^/]+)\/replies$/.exec(request.url ?? "");
  if (request.method !== "POST" || !found) return answer(404, { error: "POST /tenants/TENANT/replies" });
  let text = "";
  for await (const part of request) text += part;
  try {
    const { artifact, moment } = await prompts.get(decodeURIComponent(found[1]!), "support-reply");
    const messages = artifact.render(JSON.parse(text));
    answer(200, { model: artifact.model.name, messages, artifact: artifact.digest, moment });
  } catch (error) {
    if (error instanceof UnknownTenant) answer(404, { error: error.message });
    else if (error instanceof InputError) answer(422, { error: error.message });
    else if (error instanceof PromptcError) answer(503, { error: error.message });
    else answer(500, { error: "it failed" });
  }
});

server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on ${typeof address === "object" && address ? address.port : address}`);
});
