import { z } from 'zod';

/** What a walk over all endpoints puts into their parameters and bodies. */
export interface Known {
  /** An id by its prefix: `run` for `run_…`. */
  ids: Record<string, string>;
  /** A value by the parameter's name, where its schema does not tell. */
  names: Record<string, string>;
}

const Node = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
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

/** The least that a schema accepts. @throws Error that says what the walk must be taught */
export function fill(schema: z.ZodType, known: Known): Record<string, unknown> {
  const node = Node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return z.record(z.string(), z.unknown()).parse(sampleOf('', node, known, false));
}

/** The path of a route with its parameters filled. A text whose schema says nothing must be known by name. */
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
  if (node.type === 'object') return objectOf(node, known);
  if (node.type === 'array')
    return Array.from({ length: node.minItems ?? 0 }, () => sampleOf(name, node.items ?? {}, known, isStrict));
  if (node.type === 'integer' || node.type === 'number') return Math.max(1, node.minimum ?? 1);
  if (node.type === 'boolean') return true;
  if (node.type === 'string') return textOf(name, node, known, isStrict);
  // A value of any kind.
  if (node.type === undefined && known.names[name] !== undefined) return known.names[name];
  throw new Error(`What is ${name}? Teach test/isolation/fill.ts`);
}

/** What is required, or the first field where nothing is: an empty change is often refused. */
function objectOf({ properties = {}, required = [] }: Node, known: Known): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(
    ([name], index) => required.includes(name) || (required.length === 0 && index === 0),
  );
  return Object.fromEntries(wanted.map(([name, node]) => [name, sampleOf(name, node, known, false)]));
}

function textOf(name: string, node: Node, known: Known, isStrict: boolean): string {
  const prefix = /^\^([a-z]+)_\[0-7\]/.exec(node.pattern ?? '')?.[1];
  const value = prefix === undefined ? known.names[name] : known.ids[prefix];
  if (value !== undefined) return value;
  if (node.format === 'email') return 'somebody@example.com';
  if (prefix !== undefined || node.pattern !== undefined || isStrict)
    throw new Error(`What is ${prefix ?? name}? Teach the walk in test/isolation`);
  return 'x'.repeat(Math.max(12, node.minLength ?? 0));
}
