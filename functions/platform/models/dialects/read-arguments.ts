import { z } from 'zod';
import { jsonText } from '../parse-json.ts';

/** Each repair can show faults of inner members, and no tool has arguments that are nested deeper. */
const MOST_REPAIRS = 4;

/**
 * Parses the arguments of a call. Arguments that the schema takes are not changed. Else these habits of models are
 * repaired, each only where the schema finds a fault:
 *
 * - null for a member that may be absent (OpenAI's strict mode demands it)
 * - a number or a boolean as text, `"2"` or `"true"`, from servers that read calls from XML
 * - an array or an object as JSON text
 */
export function readArguments<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  let parsed = schema.safeParse(given);
  if (parsed.success) return parsed;
  // The arguments stay in the record as the model gave them.
  const whole = { arguments: structuredClone(given) };
  for (let repairs = 0; !parsed.success && repairs < MOST_REPAIRS; repairs += 1) {
    const repaired = parsed.error.issues.filter((issue) => repair(whole, ['arguments', ...issue.path], issue));
    if (repaired.length === 0) break;
    parsed = schema.safeParse(whole.arguments);
  }
  return parsed;
}

type Issue = z.core.$ZodIssue;

/** Repairs the member of a value at a path, in place. Returns whether something has changed. */
function repair(whole: object, path: readonly PropertyKey[], issue: Issue): boolean {
  let parent: unknown = whole;
  for (const name of path.slice(0, -1)) parent = memberOf(parent, name);
  const name = path.at(-1);
  const member = name === undefined ? undefined : memberOf(parent, name);
  if (name === undefined || member === undefined || typeof parent !== 'object' || parent === null) return false;
  if (member === null && !Array.isArray(parent)) return Reflect.deleteProperty(parent, name);
  if (issue.code !== 'invalid_type' || typeof member !== 'string') return false;
  const value = readText(member.trim(), issue.expected);
  return value !== undefined && Reflect.defineProperty(parent, name, { value });
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

const NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;
const BOOLEANS = new Map<string, boolean>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
]);

/** Returns the value of the expected type that a text stands for, or undefined. */
function readText(text: string, expected: string): unknown {
  if (expected === 'boolean') return BOOLEANS.get(text);
  if (expected === 'number' || expected === 'int') return NUMBER.test(text) ? Number(text) : undefined;
  if (expected === 'array' && text.startsWith('[')) return jsonText(z.unknown()).safeParse(text).data;
  if (expected === 'object' || expected === 'record') return jsonText(z.looseObject({})).safeParse(text).data;
  return undefined;
}
