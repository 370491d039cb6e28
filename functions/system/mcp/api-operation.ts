import { z } from 'zod';
import { type OpenApiDocument, type OpenApiOperation, readOpenApiDocument } from '../openapi-document.ts';

const JsonSchema = z.record(z.string(), z.json());
type JsonSchema = z.output<typeof JsonSchema>;

/** An operation of our API as a tool: which arguments it takes, and where each is sent. */
export interface ApiOperation {
  method: string;
  path: string;
  /** The scope that the operation needs. */
  scope: string;
  /** JSON Schema of an object with all arguments. */
  schema: { type: 'object'; properties: Record<string, JsonSchema>; required: string[]; additionalProperties: false };
  /** Of every argument, also of those that are not offered. */
  places: ReadonlyMap<string, Place>;
}

/** `name` is the name in the request; an argument of a header is in snake_case. */
interface Place {
  in: 'path' | 'query' | 'header' | 'body';
  name: string;
}

const Body = z.object({
  properties: z.record(z.string(), JsonSchema).default({}),
  required: z.array(z.string()).default([]),
});

let document: Promise<OpenApiDocument> | undefined;

/**
 * Reads an operation from the generated OpenAPI document. Parameters and fields of the body become the arguments of one
 * object; a field wins over a query parameter of its name, as `user_id` has both.
 * @param route such as `GET /api/v1/runs/{id}`
 * @throws Error when the API has no such operation
 */
export async function readOperation(route: string, offers?: readonly string[]): Promise<ApiOperation> {
  document ??= readOpenApiDocument();
  const [method = '', path = ''] = route.split(' ', 2);
  const operation = (await document).paths[path]?.[method.toLowerCase()];
  const scope = operation?.security.flatMap(({ bearer }) => bearer ?? [])[0];
  if (operation === undefined || scope === undefined) throw new Error(`The API has no operation ${route}`);
  const all = [...parametersOf(operation), ...fieldsOf(operation)];
  const wanted = all.filter(({ argument }) => offers === undefined || offers.includes(argument));
  return {
    method,
    path,
    scope,
    places: new Map(all.map(({ argument, place }) => [argument, place])),
    schema: {
      type: 'object',
      properties: Object.fromEntries(wanted.map(({ argument, schema }) => [argument, schema])),
      required: wanted.filter(({ isRequired }) => isRequired).map(({ argument }) => argument),
      additionalProperties: false,
    },
  };
}

interface Argument {
  argument: string;
  place: Place;
  schema: JsonSchema;
  isRequired: boolean;
}

function parametersOf({ parameters }: OpenApiOperation): Argument[] {
  return parameters.map(({ name, in: place, required = false, schema, description }) => ({
    argument: name.toLowerCase().replaceAll('-', '_'),
    place: { in: place, name },
    schema: { ...JsonSchema.parse(schema), ...(description === undefined ? {} : { description }) },
    isRequired: required,
  }));
}

function fieldsOf({ requestBody }: OpenApiOperation): Argument[] {
  const { properties, required } = Body.parse(requestBody?.content['application/json']?.schema ?? {});
  return Object.entries(properties).map(([name, schema]) => ({
    argument: name,
    place: { in: 'body', name },
    schema,
    isRequired: required.includes(name),
  }));
}
