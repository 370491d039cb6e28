import { z } from 'zod';
import { cutText } from '../../cut-text.ts';
import { storableJson } from '../../storable.ts';
import { JsonEnd } from './json-end.ts';

type Parsed = { arguments: Record<string, unknown>; fault?: undefined } | { fault: string };

const ArgumentsObject = z.record(z.string(), z.unknown());

/**
 * Parses the arguments of a tool call. Repairs only what has one meaning: line breaks and other control characters that
 * are not escaped, words after the object, an object that was sent twice or as text inside a text, and an empty object
 * before the real one. Everything else is a fault, which the model reads and corrects.
 */
export function parseArguments(given: unknown): Parsed {
  if (typeof given === 'string') return parseText(given.trim());
  if (given === undefined || given === null) return { arguments: {} };
  return toArguments(given);
}

function parseText(text: string, isWhole = true): Parsed {
  if (text === '') return { arguments: {} };
  const whole = parseJson(text);
  if (whole.error === undefined) return toArguments(unwrap(whole.value));
  const scanner = new JsonEnd();
  scanner.add(text);
  if (scanner.end === undefined) return { fault: notJson(whole.error) };
  const head = text.slice(0, scanner.end);
  const rest = text.slice(scanner.end).trim();
  if (isWhole && head === '{}' && rest.startsWith('{')) return parseText(rest, false);
  if (rest !== head && hasMeaning(rest)) return { fault: notJson(whole.error) };
  const repaired = parseJson(escapeControls(head));
  return repaired.error === undefined ? toArguments(unwrap(repaired.value)) : { fault: notJson(whole.error) };
}

/**
 * Whether text after the object may belong to the arguments: a quote that was not escaped inside a string also ends the
 * object too early.
 */
function hasMeaning(rest: string): boolean {
  return /^[\s}\]]*[,:{[]|"/.test(rest);
}

/** Returns the value inside a text that holds an object as JSON. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  const inner = parseJson(value);
  return typeof inner.value === 'object' && inner.value !== null ? inner.value : value;
}

/** PostgreSQL and `JSON.stringify` fail on values that are nested some thousand times. */
const MOST_DEPTH = 100;

export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= MOST_DEPTH || Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}

function toArguments(value: unknown): Parsed {
  if (isTooDeep(value)) return { fault: `they are nested more than ${MOST_DEPTH} times` };
  const parsed = ArgumentsObject.safeParse(value);
  if (parsed.success) return { arguments: parsed.data };
  return { fault: `they are ${Array.isArray(value) ? 'a list' : `a ${typeof value}`} and not an object` };
}

function parseJson(text: string): { value: unknown; error?: undefined } | { value?: undefined; error: string } {
  try {
    return { value: storableJson(JSON.parse(text)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'not JSON' };
  }
}

function notJson(error: string): string {
  return `they are not valid JSON (${cutText(error, 200)})`;
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes the control characters inside strings, which JSON does not allow there. Reads each character once. */
function escapeControls(text: string): string {
  let escaped = '';
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') isInString = !isInString;
    if (isInString && character === '\\') {
      escaped += character + text.charAt(index + 1);
      index += 1;
    } else if (isInString && character < ' ') {
      escaped += ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    } else escaped += character;
  }
  return escaped;
}
