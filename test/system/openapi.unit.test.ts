import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { generateFiles } from '../../scripts/manifest.ts';
import { openApiPath } from '../../scripts/openapi.ts';

const Content = z.record(z.string(), z.strictObject({ schema: z.record(z.string(), z.unknown()) }));
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  schema: z.record(z.string(), z.unknown()),
});
const Operation = z.strictObject({
  operationId: z.string(),
  summary: z.string().min(5),
  description: z.string().min(20),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(Parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content: Content }).optional(),
  responses: z.record(
    z.union([z.string().regex(/^[1-5]\d\d$/), z.literal('default')]),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.strictObject({ schema: z.record(z.string(), z.unknown()) })).optional(),
      content: Content.optional(),
    }),
  ),
});
/** The OpenAPI 3.1 rules that a generator can break: which fields an object has, and their types. */
const Document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.object({ title: z.string(), version: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(
    z.string().regex(/^\//),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation),
  ),
  components: z.object({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), z.record(z.string(), z.unknown())),
    securitySchemes: z.record(z.string(), z.object({ type: z.literal('http'), scheme: z.literal('bearer') })),
  }),
});

let functions: ServedFunction[];
let files: Record<string, string>;
let document: z.infer<typeof Document>;
let operations: { path: string; method: string; operation: z.infer<typeof Operation> }[];

beforeAll(async () => {
  functions = (await discoverFunctions()).map(({ declaration }) => declaration);
  files = await generateFiles();
  document = Document.parse(JSON.parse(files['infra/openapi.generated.json'] ?? ''));
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => (operation ? [{ path, method, operation }] : [])),
  );
});

describe('the OpenAPI document', () => {
  it('contains exactly the endpoints that are not internal', () => {
    const declared = functions
      .filter(({ contract }) => contract !== undefined && contract.access !== 'internal')
      .map((declaration) => `${declaration.name}: ${declaration.route.method} ${openApiPath(declaration)}`);
    expect(
      operations
        .map(({ path, method, operation }) => `${operation.operationId}: ${method.toUpperCase()} ${path}`)
        .sort(),
    ).toEqual(declared.sort());
    expect(files['infra/openapi.generated.json']).not.toContain('/internal/');
  });

  it('declares each path parameter once, as required', () => {
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`).sort(), path).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      expect(
        inPath.every(({ required }) => required === true),
        path,
      ).toBe(true);
    }
  });

  it('contains every declared status, with a schema for each body', () => {
    for (const declaration of functions) {
      const operation = operations.find(({ operation }) => operation.operationId === declaration.name)?.operation;
      if (operation === undefined) continue;
      for (const [status, reply] of Object.entries(declaration.contract?.replies ?? {})) {
        const response = operation.responses[status];
        expect(response, `${declaration.name} ${status}`).toBeDefined();
        if (reply === null) expect(response?.content, `${declaration.name} ${status}`).toBeUndefined();
        else
          expect(
            Object.keys(Object.values(response?.content ?? {})[0]?.schema ?? {}),
            `${declaration.name} ${status}`,
          ).not.toEqual([]);
      }
    }
  });

  it('declares errors as problem+json, and 401 for every endpoint that is not public', () => {
    for (const { operation } of operations) {
      const isPublic = operation.security.length === 0;
      expect(operation.responses[401] === undefined, operation.operationId).toBe(isPublic);
      const problem = { schema: { $ref: '#/components/schemas/Problem' } };
      expect(operation.responses.default?.content, operation.operationId).toEqual({
        'application/problem+json': problem,
      });
    }
  });

  it('declares Idempotency-Key for idempotent endpoints only', () => {
    for (const { operation } of operations) {
      const declaration = functions.find(({ name }) => name === operation.operationId);
      const offers = (operation.parameters ?? []).some(({ name }) => name === 'Idempotency-Key');
      expect(offers, operation.operationId).toBe(declaration?.contract?.idempotent === true);
    }
  });

  it('declares ETag, and If-Match with its 412, where a write can be refused because somebody else wrote', () => {
    const operationOf = (name: string) => operations.find(({ operation }) => operation.operationId === name)?.operation;
    const [read, write] = [operationOf('identity-get-tenant'), operationOf('identity-update-tenant')];
    expect(read?.responses[200]?.headers).toHaveProperty('ETag');
    expect(write?.responses[200]?.headers).toHaveProperty('ETag');
    expect(write?.parameters?.map(({ name }) => name)).toEqual(['If-Match']);
    expect(write?.responses[412]?.content).toHaveProperty(['application/problem+json']);
    for (const { operation } of operations) {
      const takes = (operation.parameters ?? []).some(({ name }) => name === 'If-Match');
      expect(operation.responses[412] !== undefined, operation.operationId).toBe(takes);
    }
  });

  it('describes each operation with its doc comment, without what is meant for readers of the source', () => {
    const faulty = operations.filter(
      ({ operation: { description } }) =>
        !/^[A-Z][\s\S]*\.$/.test(description) || /\.ts\b|\{@|\*|Declares/.test(description),
    );
    expect(faulty.map(({ operation }) => `${operation.operationId}: ${operation.description}`)).toEqual([]);
    const [cancel, download] = ['runs-cancel-run', 'runs-download-sprint'].map(
      (name) => operations.find(({ operation }) => operation.operationId === name)?.operation.description,
    );
    expect(cancel).toBe(
      'Cancels a run of any kind in any state. Answers 202 when this call cancelled it, 200 when it had already ended.',
    );
    expect(download).toMatch(
      /^Streams all files of a run as a ZIP, in their state when the download starts\. What git/,
    );
  });

  it('has no dangling reference', () => {
    const references = [
      ...(files['infra/openapi.generated.json'] ?? '').matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g),
    ].map(([, name]) => name);
    expect(references).not.toEqual([]);
    for (const name of new Set(references)) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});

describe('the manifest', () => {
  it('contains every function with its source, queue and schedule', () => {
    const manifest = z
      .object({
        functions: z.array(
          z.looseObject({ name: z.string(), kind: z.string(), source: z.string(), target: z.string() }),
        ),
        queues: z.array(z.object({ name: z.string() })),
      })
      .parse(JSON.parse(files['infra/manifest.generated.json'] ?? ''));
    expect(manifest.functions.map(({ name }) => name).sort()).toEqual(functions.map(({ name }) => name).sort());
    const queues = manifest.queues.map(({ name }) => name);
    for (const entry of manifest.functions) {
      if (entry.kind === 'step') expect(queues).toContain(entry.queue);
      if (entry.kind === 'timer') expect(entry.schedule).toMatch(/^(\S+ ){4}\S+$/);
      const [, domain, kind, file] =
        /^dist\/functions\/([a-z]+)\/(endpoint|socket|step|timer)s\/([a-z0-9-]+)\.js$/.exec(entry.source) ?? [];
      expect({ name: `${domain}-${file}`, kind }).toEqual({ name: entry.name, kind: entry.kind });
    }
  });
});

describe('the generated files', () => {
  it.each(['infra/manifest.generated.json', 'infra/openapi.generated.json'])(
    '%s is up to date with the declarations (npm run manifest)',
    (path) => {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8') === files[path]).toBe(true);
    },
  );
});
