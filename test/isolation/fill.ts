import { z } from 'zod';

/** Values for parameters and bodies of endpoints. */
export interface Known {
  /** Ids by their prefix: `run` for `run_…`; `mem.keep` for the parameter `keep` where it needs another one. */
  ids: Record<string, string>;
  /** Values by the parameter's name, for parameters whose schema does not describe a valid value. */
  names: Record<string, string>;
}

const Node = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  minimum: z.number().optional(),
  minItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Node).optional();
  },
  get items() {
    return Node.optional();
  },
});
type Node = z.infer<typeof Node>;

/**
 * Returns a minimal value that a schema accepts.
 * @throws Error that names the value to add to this file
 */
export function fill(schema: z.ZodType, known: Known): Record<string, unknown> {
  const node = Node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return z.record(z.string(), z.unknown()).parse(sampleOf('', node, known, false));
}

/** Returns the query string that an endpoint requires, with its question mark; empty when it requires none. */
export function fillSearch(schema: z.ZodType | undefined, known: Known): string {
  if (schema === undefined || schema.safeParse({}).success) return '';
  const fields = Object.entries(fill(schema, known)).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `?${fields.join('&')}`;
}

/** Returns the path of a route with its parameters. The value of a text without a pattern must be known by its name. */
export function fillPath(path: string, schema: z.ZodType | undefined, known: Known): string {
  const node = schema && Node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return path.replace(/\{(\w+)\+?\}/g, (_, name: string) => {
    const parameter = node?.properties?.[name];
    if (parameter === undefined) throw new Error(`The parameter ${name} of ${path} has no schema`);
    return String(sampleOf(name, parameter, known, true))
      .split('/')
      .map(encodeURIComponent)
      .join('/');
  });
}

function sampleOf(name: string, node: Node, known: Known, isStrict: boolean): unknown {
  if (node.enum !== undefined) return node.enum[0];
  if (node.const !== undefined) return node.const;
  if (node.type === 'object') return objectOf(node, known);
  if (node.type === 'array')
    return Array.from({ length: node.minItems ?? 0 }, () => sampleOf(name, node.items ?? {}, known, isStrict));
  if (node.type === 'integer' || node.type === 'number') return Math.max(1, node.minimum ?? 1);
  if (node.type === 'boolean') return true;
  if (node.type === 'string') return textOf(name, node, known, isStrict);
  // A schema that allows any value.
  if (node.type === undefined && known.names[name] !== undefined) return known.names[name];
  throw new Error(`There is no value for ${name}. Add it in test/isolation/fill.ts.`);
}

/** Returns the required fields, or else the first field, because many endpoints reject an empty change. */
function objectOf({ properties = {}, required = [] }: Node, known: Known): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(
    ([name], index) => required.includes(name) || (required.length === 0 && index === 0),
  );
  return Object.fromEntries(wanted.map(([name, node]) => [name, sampleOf(name, node, known, false)]));
}

function textOf(name: string, node: Node, known: Known, isStrict: boolean): string {
  const prefix = /^\^([a-z]+)_\[0-7\]/.exec(node.pattern ?? '')?.[1];
  const value = prefix === undefined ? known.names[name] : (known.ids[`${prefix}.${name}`] ?? known.ids[prefix]);
  if (value !== undefined) return value;
  if (node.format === 'email') return 'somebody@example.com';
  if (prefix !== undefined || node.pattern !== undefined || isStrict)
    throw new Error(`There is no value for ${prefix ?? name}. Add it to \`known\` in test/isolation/world.ts.`);
  return 'x'.repeat(Math.max(12, node.minLength ?? 0));
}
