// The OpenAPI document: kept as a golden file, complete, and what it shows fits what it says.
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXAMPLES } from "../../src/http/reply-examples.js";
import { ROUTES, type Route } from "../../src/http/routes.js";
import { matchesGolden } from "../support/golden.js";
import { startServer, type TestServer } from "./server.js";

let server: TestServer;
// biome-ignore lint/suspicious/noExplicitAny: a document of many forms, looked into at a few places.
let document: any;
beforeAll(async () => {
  server = await startServer();
  document = (await server.request("GET", "/openapi.json")).body;
});
afterAll(() => server[Symbol.asyncDispose]());

it("is the one that was agreed", async () => {
  await matchesGolden(
    new URL("golden/openapi.json", import.meta.url),
    `${JSON.stringify(document, null, 2)}\n`,
  );
});

it("has every route, and each is served", async () => {
  for (const [id, { method, path }] of Object.entries<Route>(ROUTES)) {
    expect(document.paths[path][method.toLowerCase()].operationId).toBe(id);
    const answer = await fetch(server.url + path.replaceAll(/\{\w+\}/g, "x"), { method });
    expect([id, answer.status]).not.toEqual([id, 405]);
    await answer.body?.cancel();
  }
});

it("tells task types apart by task_type", () => {
  const { schema } = document.paths["/api/tasks/submit"].post.requestBody.content["application/json"];
  expect(schema.discriminator).toEqual({ propertyName: "task_type" });
  expect(schema.oneOf.map((form: { title: string }) => form.title)).toEqual(["sample", "reading"]);
  expect(schema.oneOf[0].properties.parameters.properties.rows).toMatchObject({
    minimum: 1,
    type: "integer",
  });
});

it("shows an example with every operation that takes or answers JSON, and each fits its schema", () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "document", ...document });
  for (const [id, { method, path, body, replies }] of Object.entries<Route>(ROUTES)) {
    const operation = document.paths[path][method.toLowerCase()];
    if (body) expect(operation.requestBody.content["application/json"].example, id).toBeDefined();
    for (const [status, { schema }] of Object.entries(replies)) {
      if (!schema) continue;
      const { example } = operation.responses[status].content["application/json"];
      expect(example, id).toBeDefined();
      const pointer = [
        "paths",
        path,
        method.toLowerCase(),
        "responses",
        status,
        "content",
        "application/json",
      ];
      const fragment = pointer.map((step) => encodeURIComponent(step.replaceAll("/", "~1"))).join("/");
      const validate = ajv.compile({ $ref: `document#/${fragment}/schema` });
      expect(validate(example), `${id}: ${JSON.stringify(validate.errors)}`).toBe(true);
    }
  }
  expect(Object.keys(EXAMPLES).every((id) => id in ROUTES)).toBe(true);
});

it("serves its docs without inline scripts or foreign addresses", async () => {
  const page = await server.request("GET", "/docs/");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|https?:\/\//);
  const bundle = await server.request("GET", "/docs/static/swagger-initializer.js");
  expect(bundle.status).toBe(200);
});
