import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { showOnOneLine } from '../../platform/models/show-as-data.ts';

/**
 * The schema of a tool's arguments as a model sees it, made of what a foreign MCP server declares. Only keywords that
 * every provider of models accepts are kept: a keyword that one refuses would fail every turn of the tenant. Nothing is
 * checked against it here: a foreign `pattern` could take exponential time, and the server checks its arguments itself.
 */
export type CleanSchema = z.output<typeof CleanSchema>;

export const CleanSchema = z.record(z.string(), z.json());

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
const Type = z.enum(TYPES);
const Named = z.record(z.string(), z.unknown()).default({}).catch({});
const Node = z.looseObject({
  $ref: z.string().max(300).optional().catch(undefined),
  allOf: z
    .tuple([z.looseObject({})])
    .optional()
    .catch(undefined),
  type: z
    .union([Type, z.array(Type).min(1).max(TYPES.length)])
    .optional()
    .catch(undefined),
  description: z.string().optional().catch(undefined),
  enum: z
    .array(z.union([z.string().max(200), z.number(), z.boolean(), z.null()]))
    .max(100)
    .optional()
    .catch(undefined),
  const: z
    .union([z.string().max(200), z.number(), z.boolean(), z.null()])
    .optional()
    .catch(undefined),
  default: z
    .union([z.string().max(200), z.number(), z.boolean(), z.null()])
    .optional()
    .catch(undefined),
  required: z.array(z.string()).optional().catch(undefined),
  properties: z.record(z.string(), z.unknown()).optional().catch(undefined),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).max(10).optional().catch(undefined),
  oneOf: z.array(z.unknown()).max(10).optional().catch(undefined),
  additionalProperties: z.boolean().optional().catch(undefined),
});

const LONGEST_DESCRIPTION = 500;
const DEEPEST = 8;
const MOST_PROPERTIES = 50;
/** References to references can grow exponentially. Parts beyond this number are left open. */
const MOST_PARTS = 500;
const REFERENCE = /^#\/(?:\$defs|definitions)\/([^/]+)$/;
/** Claude accepts only these names of arguments. */
const PROPERTY = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * Returns the schema of an object with these properties; references to its own definitions are replaced by what they
 * name, because providers differ in what they accept of them. Undefined when a model could not use it: a required
 * argument whose name providers refuse, or more than 50 arguments.
 */
export function cleanSchema(schema: unknown): CleanSchema | undefined {
  const parsed = Node.safeParse(schema).data;
  const { properties = {}, required = [] } = parsed ?? {};
  const isUsable = Object.keys(properties).length <= MOST_PROPERTIES && required.every((name) => PROPERTY.test(name));
  if (parsed === undefined || !isUsable) return undefined;
  const definitions = { ...Named.parse(parsed.definitions), ...Named.parse(parsed.$defs) };
  const cleaning = { definitions, within: [], count: { parts: 0 } };
  return { properties: {}, ...cleanNode(parsed, 0, cleaning), type: 'object' };
}

interface Cleaning {
  definitions: Readonly<Record<string, unknown>>;
  /** The definitions that are being replaced: one inside itself is left open. */
  within: readonly string[];
  count: { parts: number };
}

function cleanNode(given: unknown, depth: number, cleaning: Cleaning): CleanSchema {
  const node = Node.safeParse(given).data;
  cleaning.count.parts += 1;
  if (node === undefined || depth > DEEPEST || cleaning.count.parts > MOST_PARTS) return {};
  const { $ref: reference, allOf: [only] = [], ...own } = node;
  if (reference !== undefined) return cleanReference(reference, own, depth, cleaning);
  // Pydantic describes a reference so.
  if (only !== undefined) return cleanNode({ ...only, ...own, allOf: undefined }, depth, cleaning);
  const inner = (value: unknown) => cleanNode(value, depth + 1, cleaning);
  const named = Object.entries(node.properties ?? {}).filter(([name]) => PROPERTY.test(name));
  const properties = Object.fromEntries(named.slice(0, MOST_PROPERTIES).map(([name, value]) => [name, inner(value)]));
  const description = node.description && cutText(showOnOneLine(node.description), LONGEST_DESCRIPTION);
  const alternatives = node.anyOf ?? node.oneOf;
  const isArray = [node.type].flat().includes('array');
  return {
    ...(node.type === undefined ? {} : { type: node.type }),
    ...(description ? { description } : {}),
    ...(node.enum === undefined ? {} : { enum: node.enum }),
    ...(node.const === undefined ? {} : { enum: [node.const] }),
    ...(node.default === undefined ? {} : { default: node.default }),
    ...(node.properties === undefined ? {} : { properties }),
    ...(node.required === undefined
      ? {}
      : { required: node.required.filter((name) => Object.hasOwn(properties, name)) }),
    // OpenAI refuses an array without items, and Claude alternatives at the top.
    ...(isArray || node.items !== undefined ? { items: inner(node.items) } : {}),
    ...(alternatives === undefined || depth === 0 ? {} : { anyOf: alternatives.map(inner) }),
    ...(node.additionalProperties === undefined ? {} : { additionalProperties: node.additionalProperties }),
  };
}

/** Cleans what a reference names, with the words that stand beside it. Unknown and foreign references stay open. */
function cleanReference(reference: string, own: object, depth: number, cleaning: Cleaning): CleanSchema {
  const { definitions, within } = cleaning;
  const name = REFERENCE.exec(reference)?.[1];
  const isKnown = name !== undefined && Object.hasOwn(definitions, name) && !within.includes(name);
  const target = isKnown ? z.looseObject({}).safeParse(definitions[name]).data : undefined;
  if (name === undefined || target === undefined) return cleanNode(own, depth, cleaning);
  return cleanNode({ ...target, ...own }, depth, { ...cleaning, within: [...within, name] });
}
