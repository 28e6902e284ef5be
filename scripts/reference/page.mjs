// Writes the API reference, a page without script, from the OpenAPI document.
import { schemaId, schemaWriter } from "./schema.mjs";
import { code, descriptions, escaped, jsonBlock, linkTo } from "./text.mjs";

const failureId = (name) => `code-${name}`;
const methodOf = (method) => `<span class="method ${method}">${method.toUpperCase()}</span>`;
const pathOf = (path) => path.replace(/\{(\w+)\}/g, ":$1");

/** Returns the operations of a document, each with its method and path. */
const operationsOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path: pathOf(path) })),
  );

/** Returns the failures of all operations by code, sorted. */
function failuresOf(operations, { examples }) {
  const failures = new Map();
  const responses = operations.flatMap(({ responses }) => Object.entries(responses));
  for (const [status, { content = {} }] of responses) {
    for (const [name, { $ref }] of Object.values(content).flatMap(({ examples: all = {} }) => Object.entries(all))) {
      const value = $ref && examples[$ref.split("/").at(-1)].value;
      // Errors of the OpenAI routes have another form.
      if (value) failures.set(name, { name, status, detail: value.detail ?? value.error.message });
    }
  }
  return [...failures.values()].sort((a, b) => a.name.localeCompare(b.name));
}

const section = (id, level, title, html) =>
  `<section><h${level} id="${escaped(id)}">${title}</h${level}>${html}</section>`;

/** Returns the anchor of the words of a description: an operation (`POST /ask`) or the code of a failure. */
function anchors(operations, failures) {
  const ids = new Map(failures.map(({ name }) => [name, failureId(name)]));
  for (const { method, path, operationId } of operations) ids.set(`${method.toUpperCase()} ${path}`, operationId);
  return (words) => ids.get(words.replace(/\?.*$/, ""));
}

/** Returns the bodies of a request or a successful response, one per type of content. */
const bodies = (content, writer, title) =>
  Object.entries(content ?? {})
    .map(([type, { schema, example }]) => {
      const sample = example === undefined ? "" : jsonBlock(example);
      return `<h4>${title} ${code(type)}</h4>${writer.schema(writer.resolve(schema))}${sample}`;
    })
    .join("");

function operationHtml(operation, writer, describe) {
  const { operationId, method, path, summary, description, parameters = [], requestBody, responses } = operation;
  const fields = parameters.map(({ name, in: place, schema, required, description: text }) =>
    writer.field(name, { ...schema, description: `${text ?? ""} In: ${place}.` }, required),
  );
  const [succeeded, failed] = [true, false].map((isSuccess) =>
    Object.entries(responses).filter(([status]) => Number(status) < 400 === isSuccess),
  );
  const results = succeeded.map(([status, { content, description: text }]) =>
    content ? bodies(content, writer, `Response ${status}`) : `<h4>Response ${status}</h4><p>${describe(text)}</p>`,
  );
  const failures = failed.map(([status, { description: codes }]) => `<li>${status}: ${describe(codes)}</li>`);
  return section(
    operationId,
    3,
    escaped(summary),
    `<p class="route">${methodOf(method)} ${code(path)}</p><p>${describe(description)}</p>${
      fields.length > 0 ? `<h4>Parameters</h4><dl>${fields.join("")}</dl>` : ""
    }${bodies(requestBody?.content, writer, "Body")}${results.join("")}${
      failures.length > 0 ? `<h4>Errors</h4><ul>${failures.join("")}</ul>` : ""
    }`,
  );
}

/** Returns the schemas that other parts of the page link to, and those that these link to. */
function schemasHtml(schemas, writer, linked) {
  const written = new Map();
  for (const name of linked) {
    // The set grows while it is read.
    if (!written.has(name)) written.set(name, section(schemaId(name), 3, escaped(name), writer.schema(schemas[name])));
  }
  return [...written].sort(([a], [b]) => a.localeCompare(b)).map(([, html]) => html);
}

/** Returns the page of a document as HTML. */
export function referencePage(document) {
  const { info, tags, components } = document;
  const operations = operationsOf(document);
  const failures = failuresOf(operations, components);
  const describe = descriptions(anchors(operations, failures));
  const linked = new Set(["Problem", "OpenAIError"]);
  const writer = {
    ...schemaWriter(describe, linked),
    resolve: (schema) => (schema.$ref ? components.schemas[schema.$ref.split("/").at(-1)] : schema),
  };
  const groups = tags.map(({ name, description }) => ({
    id: `group-${name}`,
    name,
    description,
    members: operations.filter((operation) => operation.tags.includes(name)),
  }));
  const routes = groups.map(({ id, name, description, members }) =>
    section(
      id,
      2,
      `${escaped(name)} routes`,
      `<p>${describe(description)}</p>${members.map((member) => operationHtml(member, writer, describe)).join("")}`,
    ),
  );
  const menu = groups.map(
    ({ id, name, members }) =>
      `<p>${linkTo(id, escaped(name))}</p><ul>${members
        .map(
          ({ operationId, method, path }) => `<li>${linkTo(operationId, `${methodOf(method)} ${escaped(path)}`)}</li>`,
        )
        .join("")}</ul>`,
  );
  const schemes = Object.values(components.securitySchemes).map(
    ({ name, description }) =>
      `<li>${code(name ? `${name}: <token>` : "Authorization: Bearer <token>")}: ${describe(description)}</li>`,
  );
  const codes = failures.map(
    ({ name, status, detail }) =>
      `<dt id="${failureId(name)}">${code(name)} <span class="type">${status}</span></dt><dd>${describe(detail)}</dd>`,
  );
  const parts = [
    ...routes,
    section(
      "errors",
      2,
      "Errors",
      `<p>Errors of native routes are a ${linkTo(schemaId("Problem"), "Problem")}, those of the OpenAI routes an ${linkTo(schemaId("OpenAIError"), "OpenAIError")}. Each has a ${code("code")}, which never changes.</p><dl>${codes.join("")}</dl>`,
    ),
    section("schemas", 2, "Shared schemas", schemasHtml(components.schemas, writer, linked).join("")),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API reference · ${escaped(info.title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Routes"><details open><summary>Routes</summary>${menu.join("")}<p>${linkTo("errors", "Errors")}</p><p>${linkTo("schemas", "Shared schemas")}</p></details></nav>
<main id="content">
<h1>${escaped(info.title)} ${escaped(info.version)}: API reference</h1>
<p>${describe(info.description)} Also as <a href="/openapi.json">OpenAPI document</a>. <a href="/">Open the page</a> to try it.</p>
<p>A request needs a token in one of these headers, unless the server runs without tokens:</p>
<ul>${schemes.join("")}</ul>
${parts.join("\n")}
</main>
</body>
</html>
`;
}
