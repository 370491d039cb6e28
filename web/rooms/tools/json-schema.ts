/** The part of JSON Schema (draft 2020-12) that the form understands. What it does not is edited as JSON. */
export interface Schema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  title?: string;
}

/** What a person has typed for a schema. Texts stay as they are typed until the call. */
export type Draft =
  | { kind: 'text'; text: string }
  | { kind: 'number'; text: string; isWhole: boolean }
  | { kind: 'switch'; isOn: boolean }
  /** `at` is the place of the value in `options`; -1 is none. */
  | { kind: 'choice'; at: number; options: unknown[] }
  | { kind: 'list'; items: Draft[]; of: Schema }
  | { kind: 'group'; members: Record<string, Draft> }
  | { kind: 'variant'; at: number; variants: Schema[]; draft: Draft }
  | { kind: 'json'; text: string };

/** Deeper schemas are edited as JSON. */
const MOST_DEPTH = 5;

/** Returns the draft of a schema with a value, its default, or nothing. */
export function draftOf(schema: Schema, value: unknown = schema.default, depth = 0): Draft {
  const variants = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null');
  if (depth > MOST_DEPTH) return jsonDraft(value);
  if (variants?.length === 1 && variants[0]) return draftOf({ ...variants[0], default: value }, value, depth + 1);
  if (variants?.[0]) {
    const at = Math.max(
      0,
      variants.findIndex((variant) => fits(variant, value)),
    );
    return { kind: 'variant', at, variants, draft: draftOf(variants[at] ?? {}, value, depth + 1) };
  }
  const options = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (options !== undefined) return { kind: 'choice', at: options.indexOf(value), options };
  const type = typeOf(schema);
  if (type === 'string') return { kind: 'text', text: typeof value === 'string' ? value : '' };
  if (type === 'integer' || type === 'number')
    return { kind: 'number', text: typeof value === 'number' ? String(value) : '', isWhole: type === 'integer' };
  if (type === 'boolean') return { kind: 'switch', isOn: value === true };
  if (type === 'array' && schema.items) {
    const of = schema.items;
    const given: unknown[] = Array.isArray(value)
      ? value
      : Array.from({ length: schema.minItems ?? 0 }, () => undefined);
    return { kind: 'list', of, items: given.map((item) => draftOf(of, item, depth + 1)) };
  }
  if (type === 'object' && schema.properties) {
    const given = isObject(value) ? value : {};
    const members = Object.entries(schema.properties).map(([name, member]) => [
      name,
      draftOf(member, Object.hasOwn(given, name) ? given[name] : member.default, depth + 1),
    ]);
    return { kind: 'group', members: Object.fromEntries(members) };
  }
  return jsonDraft(value);
}

function jsonDraft(value: unknown): Draft {
  return { kind: 'json', text: value === undefined ? '' : JSON.stringify(value, null, 2) };
}

function typeOf({ type }: Schema): string | undefined {
  return Array.isArray(type) ? type.find((one) => one !== 'null') : type;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fits(schema: Schema, value: unknown): boolean {
  const type = typeOf(schema);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return type === (type === 'integer' ? (Number.isInteger(value) ? 'integer' : '') : typeof value);
}
