import { Readable } from 'node:stream';
import { endpoint } from '../../platform/endpoint.ts';
import { DOCS_POLICY, docsPage } from '../docs-page.ts';
import { readOpenApiDocument } from '../openapi-document.ts';

/** Returns the API reference for people: every operation of the OpenAPI document on one page. Anyone may call it. */
export const getDocs = endpoint({
  name: 'system-get-docs',
  route: 'GET /docs',
  access: 'public',
  summary: 'The API reference as a page.',
  reply: { 200: 'text/html; charset=utf-8' },
}).serve(async () => ({
  status: 200,
  headers: { 'content-security-policy': DOCS_POLICY },
  stream: Readable.from([docsPage(await readOpenApiDocument())]),
}));
