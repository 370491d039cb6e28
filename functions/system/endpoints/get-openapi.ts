import { Readable } from 'node:stream';
import { endpoint } from '../../platform/endpoint.ts';
import { readOpenApiText } from '../openapi-document.ts';

/**
 * Returns the OpenAPI 3.1 document of the whole API, generated from the declarations. Anyone may call it; it contains
 * no data of tenants.
 */
export const getOpenapi = endpoint({
  name: 'system-get-openapi',
  route: 'GET /api/v1/openapi.json',
  access: 'public',
  summary: 'The OpenAPI 3.1 document of this API.',
  reply: { 200: 'application/json' },
}).serve(async () => ({ status: 200, stream: Readable.from([await readOpenApiText()]) }));
