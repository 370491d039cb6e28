import { createHash } from 'node:crypto';
import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts';

/** Renders the API reference as one HTML page without scripts and without external files. */
export function docsPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ''))].sort();
  const sections = tags.map((tag) => {
    const ofTag = operations.filter(({ operation }) => operation.tags[0] === tag);
    return `<section id="${escapeHtml(tag)}"><h2>${escapeHtml(tag)}</h2>${ofTag.map(operationHtml).join('')}</section>`;
  });
  const links = tags.map((tag) => `<a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a>`).join(' ');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}</title><style>${STYLE}</style></head>
<body><header><h1>${escapeHtml(info.title)} <small>${escapeHtml(info.version)}</small></h1><p>${escapeHtml(info.description)}</p>
<nav>${links} <a href="/api/v1/openapi.json">openapi.json</a></nav></header><main>${sections.join('')}</main></body></html>
`;
}

interface Listed {
  path: string;
  method: string;
  operation: OpenApiOperation;
}

function operationHtml({ path, method, operation }: Listed): string {
  const { requestBody, parameters, responses } = operation;
  const scope = operation.security.flatMap((requirement) => Object.values(requirement).flat()).join(', ');
  const signedIn =
    scope === '' ? 'Needs a sign-in, or an API key of any scope.' : `Needs <code>${escapeHtml(scope)}</code>.`;
  const parameterRows = parameters.map((parameter) => {
    const where = `${parameter.in}${parameter.required ? ', required' : ''}`;
    return `<tr><td><code>${escapeHtml(parameter.name)}</code></td><td>${escapeHtml(where)}</td><td>${escapeHtml(parameter.description ?? '')}</td></tr>`;
  });
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) =>
      `<h4>Body, ${escapeHtml(type)}</h4><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description }]) => `<li><b>${escapeHtml(status)}</b> ${escapeHtml(description)}</li>`,
  );
  return `<details id="${escapeHtml(operation.operationId)}"><summary><b>${method}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
${paragraphsOf(operation.description ?? '')}<p>${operation.security.length === 0 ? 'Public.' : signedIn}</p>
${parameterRows.length > 0 ? `<table>${parameterRows.join('')}</table>` : ''}${bodies.join('')}<h4>Answers</h4><ul>${answers.join('')}</ul></details>`;
}

/** Prints Markdown of doc comments: paragraphs and code. */
function paragraphsOf(markdown: string): string {
  return markdown
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${escapeHtml(paragraph).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:0 auto;padding:1rem}
nav a{margin-right:.6rem}h2{border-bottom:1px solid;text-transform:capitalize}summary{cursor:pointer;padding:.3rem 0}
summary b{display:inline-block;min-width:4.5rem}details[open]{padding-bottom:1rem}pre{overflow:auto;padding:.6rem;border:1px solid;font-size:.85rem}
td{padding:.1rem 1rem .1rem 0;vertical-align:top}`;

/** The content security policy of the page. It allows only the page's own style. */
export const DOCS_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
