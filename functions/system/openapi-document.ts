import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../platform/http/body.ts';

/** The part of an OpenAPI operation that the reference page and the MCP server read. */
const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string() })),
});
const OpenApiDocument = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

export type OpenApiOperation = z.infer<typeof Operation>;
export type OpenApiDocument = z.infer<typeof OpenApiDocument>;

let text: Promise<string> | undefined;

/** Returns the generated document as text, read once. `npm run build` copies it beside the compiled functions. */
export function readOpenApiText(): Promise<string> {
  text ??= readFile(new URL('../../infra/openapi.generated.json', import.meta.url), 'utf8');
  return text;
}

/** Returns the generated document, parsed. */
export async function readOpenApiDocument(): Promise<OpenApiDocument> {
  return OpenApiDocument.parse(parseJson(await readOpenApiText()));
}
