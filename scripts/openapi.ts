import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { PROBLEMS, type ProblemKind } from '../functions/platform/errors.ts';
import { METHODS } from '../functions/platform/http/route.ts';
import type { PublicContract, ServedFunction } from '../functions/platform/http/served-function.ts';
import { UserId } from '../functions/platform/http/user-id.ts';

/** The format of every error answer (RFC 9457). */
const ProblemDocument = z
  .object({
    type: z.string().meta({ description: 'urn:apexflow:problem:<kind>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for the caller' }),
    instance: z.string().meta({ description: 'The path of the request' }),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/**
 * Returns the OpenAPI 3.1 document of all endpoints except internal ones. Operations are sorted by path, so that the
 * document changes only when the API changes. `descriptions` are Markdown, by the name of the endpoint.
 */
export function createOpenApi(
  functions: readonly ServedFunction[],
  version: string,
  descriptions: ReadonlyMap<string, string>,
): object {
  const paths: ZodOpenApiPathsObject = {};
  const endpoints = functions.filter(({ contract }) => contract !== undefined && contract.access !== 'internal');
  for (const declaration of [...endpoints].sort(byRoute)) {
    const path = openApiPath(declaration);
    paths[path] = { ...paths[path], [declaration.route.method.toLowerCase()]: operationOf(declaration, descriptions) };
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'ApexFlow',
      version,
      description:
        'AI teams as durable functions. Errors are application/problem+json; lists answer items and next_cursor.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(endpoints.flatMap(({ contract }) => contract?.tags ?? []))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The access token of a user (a Firebase ID token) or an API key (apx_…). Each operation names the scope that an API key needs.',
        },
      },
    },
  };
  return createDocument(document, { override: ({ jsonSchema }) => dropFormatPattern(jsonSchema) });
}

/** Removes the regular expression that zod writes beside a format such as `date-time`. */
function dropFormatPattern(schema: { format?: string | undefined; pattern?: string | undefined }): void {
  if (schema.format !== undefined) delete schema.pattern;
}

/** Returns the path of a route in OpenAPI, which has no syntax for a parameter with several segments. */
export function openApiPath({ route }: ServedFunction): string {
  return route.path.replaceAll('+}', '}');
}

function byRoute(one: ServedFunction, other: ServedFunction): number {
  const order = METHODS.indexOf(one.route.method) - METHODS.indexOf(other.route.method);
  if (one.route.path === other.route.path) return order;
  return one.route.path < other.route.path ? -1 : 1;
}

function operationOf(
  { name, route, contract }: ServedFunction,
  descriptions: ReadonlyMap<string, string>,
): ZodOpenApiOperationObject {
  const description = descriptions.get(name);
  if (contract === undefined) throw new Error(`${name} has no contract`);
  const { summary, tags, access, params, takesUserId, idempotent } = contract;
  const isNamed = takesUserId && !route.path.includes('{user_id}');
  const query = isNamed
    ? z.object({ ...(contract.query ? objectOf(contract.query, name).shape : {}), ...Named })
    : contract.query;
  const body = isNamed && contract.body ? withUserId(contract.body, name) : contract.body;
  const takesTag = contract.hasTag === true && route.method !== 'GET';
  const headers = {
    ...(idempotent ? { 'Idempotency-Key': IdempotencyKey } : {}),
    ...(takesTag ? { 'If-Match': IfMatch } : {}),
  };
  return {
    operationId: name,
    summary,
    ...(description === undefined ? {} : { description }),
    tags,
    security: access === 'public' ? [] : [{ bearer: access === 'signed-in' ? [] : [access] }],
    requestParams: {
      ...(params ? { path: objectOf(params, name) } : {}),
      ...(query ? { query: objectOf(query, name) } : {}),
      ...(Object.keys(headers).length > 0 ? { header: z.object(headers) } : {}),
    },
    ...(body
      ? { requestBody: { required: !contract.mayBeEmpty, content: { 'application/json': { schema: body } } } }
      : {}),
    ...(contract.takesBytes
      ? { requestBody: { required: true, content: { 'application/octet-stream': { schema: streamOf('*/*') } } } }
      : {}),
    responses: { ...problemsOf(contract, takesTag), ...repliesOf(contract) },
  };
}

const IdempotencyKey = z.string().min(1).max(255).optional().meta({
  description:
    'A request with the same key and body returns the first answer again. With another body it is rejected with 422.',
});

const IfMatch = z.string().optional().meta({
  description: 'The ETag of an earlier answer. When it has changed since, nothing is written and the answer is 412.',
});

function repliesOf({ replies, hasTag }: PublicContract): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  for (const [status, reply] of Object.entries(replies)) {
    // TypeScript knows the key of an object only as a string.
    const key = status as `${1 | 2 | 3 | 4 | 5}${string}`;
    if (reply === null) responses[key] = { description: 'Done, no body' };
    else if (typeof reply === 'string')
      responses[key] = { description: 'A stream', content: { [reply]: { schema: streamOf(reply) } } };
    else
      responses[key] = {
        description: Number(status) < 300 ? 'Done' : 'As declared',
        ...(hasTag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
        content: { 'application/json': { schema: reply } },
      };
  }
  return responses;
}

function streamOf(mediaType: string): { type: 'string' | 'object'; format?: string } {
  if (mediaType.startsWith('application/json')) return { type: 'object' };
  return mediaType.startsWith('text/') ? { type: 'string' } : { type: 'string', format: 'binary' };
}

/** Returns the errors that the platform itself can answer, which depend on the parts of the contract. */
function problemsOf(
  { access, params, query, body, takesBytes, idempotent }: PublicContract,
  takesTag: boolean,
): ZodOpenApiResponsesObject {
  const kinds: ProblemKind[] = ['too-many-requests', 'internal-error'];
  if (access !== 'public') kinds.push('unauthenticated', 'forbidden');
  if (params) kinds.push('not-found');
  if (query) kinds.push('invalid-cursor');
  if (params || query || body) kinds.push('invalid-request');
  if (body) kinds.push('malformed-request', 'too-large', 'unsupported-media-type');
  if (takesBytes) kinds.push('too-large', 'unsupported-media-type');
  if (idempotent) kinds.push('in-progress');
  if (takesTag) kinds.push('precondition-failed');
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: ProblemDocument } },
  });
  return {
    ...Object.fromEntries(kinds.map((kind) => [String(PROBLEMS[kind][0]), problem(PROBLEMS[kind][1])])),
    default: problem('Any other problem'),
  };
}

const Named = { user_id: UserId.optional() };

/** Returns the schema of a body with `user_id`, which the platform takes out before the endpoint reads the body. */
function withUserId(schema: z.ZodType, name: string): z.ZodType {
  if (schema instanceof z.ZodObject) return schema.safeExtend(Named);
  if (schema instanceof z.ZodUnion)
    return z.union(schema.options.map((option) => withUserId(option as z.ZodType, name)));
  if (schema instanceof z.ZodPipe) return withUserId(schema.in as z.ZodType, name);
  throw new Error(`The body of ${name} is not an object, so OpenAPI cannot list its user_id`);
}

function objectOf(schema: z.ZodType, name: string): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new Error(`The parameters of ${name} are not a z.object, so OpenAPI cannot list them`);
}
