import { text } from '../../text/tools.ts';
import { type Draft, isObject, type Schema } from './json-schema.ts';

/** What is wrong with a draft, by the path of the argument: `items.0.name`. */
export type Faults = Record<string, string>;

const words = text.faults;

/** Returns the arguments that a form stands for, and what is wrong with them. The server checks them again. */
export function readArguments(schema: Schema, draft: Draft): { value: unknown; faults: Faults } {
  const faults: Faults = {};
  const value = read({ schema, isRequired: true, path: '', faults }, draft);
  return { value, faults };
}

/** Parses arguments that were written as JSON. */
export function parseArguments(written: string): { value: unknown; fault?: string } {
  try {
    const value: unknown = JSON.parse(written.trim() === '' ? '{}' : written);
    return isObject(value) ? { value } : { value, fault: words.object };
  } catch {
    return { value: undefined, fault: words.json };
  }
}

interface Place {
  schema: Schema;
  isRequired: boolean;
  path: string;
  faults: Faults;
}

/** Returns the value of a draft; undefined for an argument that is left out. */
function read(place: Place, draft: Draft): unknown {
  switch (draft.kind) {
    case 'text':
      return readText(place, draft.text);
    case 'number':
      return readNumber(place, draft.text, draft.isWhole);
    case 'switch':
      return draft.isOn || place.isRequired || place.schema.default === true ? draft.isOn : undefined;
    case 'choice':
      return draft.at < 0 ? leftOut(place) : draft.options[draft.at];
    case 'list':
      return readList(place, draft.items, draft.of);
    case 'group':
      return readGroup(place, draft.members);
    case 'variant':
      return read({ ...place, schema: draft.variants[draft.at] ?? {} }, draft.draft);
    case 'json':
      return readJson(place, draft.text);
  }
}

function leftOut({ isRequired, path, faults }: Place): undefined {
  if (isRequired) faults[path] = words.missing;
  return undefined;
}

function readText(place: Place, typed: string): unknown {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = place.schema;
  if (typed === '' && (minLength > 0 || !place.isRequired)) return leftOut(place);
  if (typed.length > maxLength) place.faults[place.path] = words.long(maxLength);
  if (typed.length < minLength) place.faults[place.path] = words.short(minLength);
  return typed;
}

function readNumber(place: Place, typed: string, isWhole: boolean): unknown {
  if (typed.trim() === '') return leftOut(place);
  const value = Number(typed);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = place.schema;
  if (!Number.isFinite(value)) place.faults[place.path] = words.number;
  else if (isWhole && !Number.isInteger(value)) place.faults[place.path] = words.integer;
  else if (value < minimum) place.faults[place.path] = words.least(minimum);
  else if (value > maximum) place.faults[place.path] = words.most(maximum);
  return value;
}

function readList(place: Place, items: readonly Draft[], of: Schema): unknown {
  if (items.length === 0 && !place.isRequired) return undefined;
  const { minItems = 0 } = place.schema;
  if (items.length < minItems) place.faults[place.path] = words.few(minItems);
  return items.map((item, at) => read({ ...place, schema: of, isRequired: true, path: join(place.path, at) }, item));
}

function readGroup(place: Place, members: Record<string, Draft>): unknown {
  const { properties = {}, required = [] } = place.schema;
  const found: Faults = {};
  const value = Object.fromEntries(
    Object.entries(members).flatMap(([name, member]) => {
      const isRequired = required.includes(name);
      const path = join(place.path, name);
      const one = read({ schema: properties[name] ?? {}, isRequired, path, faults: found }, member);
      return one === undefined ? [] : [[name, one]];
    }),
  );
  // A group that may be absent and has nothing in it is left out, with what is missing in it.
  if (!place.isRequired && Object.keys(value).length === 0) return undefined;
  Object.assign(place.faults, found);
  return value;
}

function readJson(place: Place, typed: string): unknown {
  if (typed.trim() === '') return leftOut(place);
  try {
    return JSON.parse(typed);
  } catch {
    place.faults[place.path] = words.json;
    return undefined;
  }
}

export function join(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}
