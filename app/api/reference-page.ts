/** The reference of the API as a page for people, made of the OpenAPI document. Plain HTML: it needs no scripts. */
import { z } from 'zod';
import type { JsonObject } from './json-schema';
import { PROBLEMS } from './problem';
import { REFERENCE_STYLE } from './reference-style';
import { exampleRequest, schemaRows } from './reference-schema';
import type { SchemaRow } from './reference-schema';

const json = z.record(z.string(), z.json());
const content = z.record(z.string(), z.object({ schema: json.optional(), example: json.optional() }));

const operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(
    z.union([
      z.object({ $ref: z.string() }),
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean(),
        description: z.string().optional(),
        schema: json,
      }),
    ]),
  ),
  requestBody: z
    .object({
      required: z.boolean(),
      description: z.string().optional(),
      content,
      'x-example-name': z.string().optional(),
    })
    .optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
});
type Operation = z.infer<typeof operation>;

const document = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ schemas: z.record(z.string(), json) }),
});

interface Listed extends Operation {
  method: string;
  path: string;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const slug = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** Roles are spelled out: on a narrow screen the style stacks the cells, which would make it no table. */
function table(caption: string, rows: SchemaRow[]): string {
  if (rows.length === 0) return '';
  const body = rows.map(
    ({ name, type, isRequired, description }) =>
      `<tr role="row"><th role="rowheader" scope="row"><code>${escape(name)}</code>${isRequired ? ' <span class="required">required</span>' : ''}</th>` +
      `<td role="cell">${escape(type)}</td><td role="cell">${escape(description)}</td></tr>`,
  );
  return (
    `<table role="table"><caption>${escape(caption)}</caption><thead role="rowgroup"><tr role="row">` +
    '<th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">Type</th>' +
    `<th role="columnheader" scope="col">Meaning</th></tr></thead><tbody role="rowgroup">${body.join('')}</tbody></table>`
  );
}

function parameterRows(
  { parameters }: Operation,
  place: string,
  schemas: Record<string, JsonObject>,
): SchemaRow[] {
  return parameters.flatMap((parameter) => {
    if ('$ref' in parameter || parameter.in !== place) return [];
    const { name, required, description, schema } = parameter;
    const [row] = schemaRows({ properties: { [name]: schema } }, schemas);
    return [{ name, type: row?.type ?? 'text', isRequired: required, description: description ?? '' }];
  });
}

function responseText({ path, responses }: Listed, schemas: Record<string, JsonObject>): string {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const problems = Object.entries(responses).filter(([status]) => !status.startsWith('2'));
  const tables = successes.map(([status, { description, content: of }]) =>
    [
      `<h4>${status}</h4><p>${escape(description)}</p>`,
      table(`Answer ${status} of ${path}`, schemaRows(of['application/json']?.schema ?? {}, schemas)),
    ].join(''),
  );
  const list = problems.map(
    ([status, { description }]) => `<li><strong>${status}</strong> ${escape(description)}</li>`,
  );
  return `${tables.join('')}<details><summary>Problems</summary><ul>${list.join('')}</ul></details>`;
}

/** Of a body that is a file: its example, and the types that are taken. */
function fileOf(
  requestBody: Operation['requestBody'],
): { name: string; type: string; types: string[] } | null {
  const name = requestBody?.['x-example-name'];
  if (requestBody === undefined || name === undefined) return null;
  const types = Object.keys(requestBody.content);
  const ofEnding = types.find((type) => type.endsWith(`/${name.split('.').pop() ?? ''}`));
  return { name, types, type: ofEnding ?? 'application/octet-stream' };
}

function operationText(listed: Listed, schemas: Record<string, JsonObject>): string {
  const { method, path, operationId, summary, description, security, requestBody } = listed;
  const scope = security[0]?.['apiKey']?.[0] ?? null;
  const body = requestBody?.content['application/json'];
  const bodyRows = schemaRows(body?.schema ?? {}, schemas);
  const file = fileOf(requestBody);
  const idempotent = listed.parameters.some((parameter) => '$ref' in parameter);
  return [
    `<section id="${slug(operationId)}" aria-labelledby="${slug(operationId)}-title">`,
    `<h3 id="${slug(operationId)}-title">${escape(summary)}</h3>`,
    `<p class="address"><span class="method">${method}</span> <code>${escape(path)}</code></p>`,
    description === undefined ? '' : `<p>${escape(description)}</p>`,
    scope === null
      ? '<p>Signed with the secret of the system, as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> says.</p>'
      : `<p>Scope: <code>${escape(scope)}</code>${idempotent ? '. Takes an <code>Idempotency-Key</code>.' : ''}</p>`,
    table(`Parameters of the path ${path}`, parameterRows(listed, 'path', schemas)),
    table(`Parameters of ${path}`, parameterRows(listed, 'query', schemas)),
    table(`Headers of ${path}`, parameterRows(listed, 'header', schemas)),
    table(`Body of ${method} ${path}`, bodyRows),
    file === null
      ? ''
      : `<p>Body: ${escape(requestBody?.description ?? '')} Types: <code>${file.types.map(escape).join('</code>, <code>')}</code>.</p>`,
    `<pre tabindex="0" aria-label="Example of ${escape(summary)}"><code>${escape(exampleRequest(method, path, { example: body?.example ?? null, file, isSigned: scope === null }))}</code></pre>`,
    responseText(listed, schemas),
    '</section>',
  ].join('\n');
}

/** The page of a document that `openApiDocument` made. */
export function referencePage(made: JsonObject): string {
  const { info, tags, paths, components } = document.parse(made);
  const listed = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, of]): Listed => ({ ...of, path, method: method.toUpperCase() })),
  );
  const byTag = tags.map(({ name, description }) => ({
    name,
    description,
    operations: listed.filter((one) => one.tags.includes(name)),
  }));
  const navigation = byTag.map(
    ({ name, operations }) =>
      `<li><a href="#${slug(name)}">${escape(name)}</a><ul>${operations
        .map(
          ({ method, operationId, summary }) =>
            `<li><a href="#${slug(operationId)}">${escape(summary)}</a> <span class="method">${method}</span></li>`,
        )
        .join('')}</ul></li>`,
  );
  const sections = byTag.map(
    ({ name, description, operations }) =>
      `<section id="${slug(name)}"><h2>${escape(name)}</h2><p>${escape(description)}</p>${operations
        .map((one) => operationText(one, components.schemas))
        .join('')}</section>`,
  );
  const problems = Object.entries(PROBLEMS).map(
    ([name, { status, title }]) =>
      `<dt id="problem-${name}"><code>${name}</code> (${status})</dt><dd>${escape(title)}.</dd>`,
  );
  const about = info.description.split('\n\n').map((paragraph) => `<p>${escape(paragraph)}</p>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)}</title>
<style>${REFERENCE_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Endpoints"><ul>
<li><a href="#about">About</a></li>
${navigation.join('\n')}
<li><a href="#problems">Problems</a></li>
<li><a href="/api/openapi.json">OpenAPI document</a></li>
</ul></nav>
<main id="content">
<section id="about"><h1>${escape(info.title)}</h1>
${about.join('\n')}
</section>
${sections.join('\n')}
<section id="problems"><h2>Problems</h2>
<p>The member <code>type</code> of a problem ends in one of these names.</p>
<dl>${problems.join('\n')}</dl></section>
</main>
</body>
</html>
`;
}
