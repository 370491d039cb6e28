import { z } from 'zod';

/** A JSON Schema as zod writes it; only the keywords that its output can have. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  description?: string;
}

const Content = z.record(z.string(), z.object({ schema: z.custom<Schema>().optional() }));
const Operation = z.object({
  summary: z.string().optional(),
  parameters: z
    .array(
      z.object({
        in: z.enum(['query', 'path', 'header']),
        name: z.string(),
        required: z.boolean().default(false),
        schema: z.custom<Schema>(),
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.custom<Schema>()) }),
});

/**
 * Prints the types of an OpenAPI 3.1 document in the shape that `openapi-fetch` reads: `paths[route][method]` with
 * parameters, request body and responses, and `components`.
 *
 * The generator of the same project, `openapi-typescript`, needs the API of TypeScript 6, which TypeScript 7 lacks.
 */
export function printClientTypes(document: object): string {
  const { paths, components } = Document.parse(document);
  const operations = Object.entries(paths).map(
    ([path, methods]) =>
      `  ${JSON.stringify(path)}: {\n${Object.entries(methods)
        .map(([method, operation]) => printOperation(method, operation))
        .join('')}  };\n`,
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `    ${name}: ${typeOf(schema)};\n`);
  return `// Written by \`npm run manifest\` from the declarations of the endpoints. Do not edit.

/** The API by route and method, for \`createClient<paths>()\` of openapi-fetch. */
export interface paths {
${operations.join('')}}

export interface components {
  schemas: {
${schemas.join('')}  };
}
`;
}

function printOperation(method: string, operation: z.infer<typeof Operation>): string {
  const { summary, parameters, requestBody, responses } = operation;
  const places = (['query', 'path', 'header'] as const).map((place) => {
    const members = parameters.filter((parameter) => parameter.in === place);
    const isOptional = !members.some(({ required }) => required);
    const fields = members.map(({ name, required, schema }) => member(name, schema, required)).join('');
    return members.length === 0 ? `${place}?: never; ` : `${place}${isOptional ? '?' : ''}: { ${fields}}; `;
  });
  const body = requestBody
    ? `      requestBody${requestBody.required ? '' : '?'}: { content: ${contentOf(requestBody.content)} };\n`
    : '      requestBody?: never;\n';
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `        ${status}: { headers: { [name: string]: unknown }; content${content ? `: ${contentOf(content)}` : '?: never'} };\n`,
  );
  return `${summary === undefined ? '' : `    /** ${summary.replaceAll('*/', '*\\/')} */\n`}    ${method}: {
      parameters: { ${places.join('')}cookie?: never };
${body}      responses: {
${answers.join('')}      };
    };
`;
}

function contentOf(content: z.infer<typeof Content>): string {
  const types = Object.entries(content).map(
    ([type, { schema }]) => `${JSON.stringify(type)}: ${schema === undefined ? 'unknown' : typeOf(schema)}`,
  );
  return `{ ${types.join('; ')} }`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return `components['schemas']['${schema.$ref.split('/').at(-1)}']`;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `(${schema.items === undefined ? 'unknown' : typeOf(schema.items)})[]`;
    case 'object':
      return objectOf(schema);
    default:
      return 'unknown';
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(([name, schema]) => member(name, schema, required.includes(name)));
  const isClosed = additionalProperties === false || additionalProperties === undefined;
  if (isClosed) return members.length === 0 ? 'Record<string, never>' : `{ ${members.join('')}}`;
  const others = additionalProperties === true ? 'unknown' : typeOf(additionalProperties);
  return members.length === 0 ? `{ [key: string]: ${others} }` : `{ ${members.join('')}[key: string]: unknown }`;
}

function member(name: string, schema: Schema, isRequired: boolean): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  return `${key}${isRequired ? '' : '?'}: ${typeOf(schema)}; `;
}
