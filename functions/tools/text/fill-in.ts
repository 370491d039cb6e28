import { cutText } from '../../platform/cut-text.ts';

type Filled = { status: 'filled'; text: string } | { status: 'refused'; reason: string };

/** Thrown when a template cannot be filled. The message is written for a model. */
class TemplateFault extends Error {}

type Part = { kind: 'text'; text: string } | { kind: 'value'; name: string } | Section;
interface Section {
  kind: 'section';
  name: string;
  isInverted: boolean;
  parts: Part[];
}

/** `{{name}}`, `{{#name}}`, `{{^name}}` and `{{/name}}`. */
const TAG = /\{\{([#^/]?)[ \t]*([^{}\s]{1,200})[ \t]*\}\}/g;
const MOST_DEPTH = 20;
/** Lists inside lists multiply, so the work is limited and not only the size of the template. */
const MOST_STEPS = 200_000;
const MOST_CHARACTERS = 200_000;

/** Fills a template in the subset of Mustache (mustache(5)) that has no partials, escapes and functions. */
export function fillIn(template: string, values: object): Filled {
  try {
    const filling = new Filling();
    filling.write(parse(template), [values]);
    return { status: 'filled', text: filling.text };
  } catch (error) {
    if (error instanceof TemplateFault) return { status: 'refused', reason: error.message };
    throw error;
  }
}

function parse(template: string): Part[] {
  const root: Part[] = [];
  const open: Section[] = [];
  let at = 0;
  for (const { 0: tag, 1: sign = '', 2: name = '', index } of template.matchAll(TAG)) {
    const parts = open.at(-1)?.parts ?? root;
    if (index > at) parts.push({ kind: 'text', text: template.slice(at, index) });
    at = index + tag.length;
    if (sign === '') parts.push({ kind: 'value', name });
    else if (sign === '/') close(open, name);
    else {
      const section: Section = { kind: 'section', name, isInverted: sign === '^', parts: [] };
      parts.push(section);
      open.push(section);
      if (open.length > MOST_DEPTH) throw new TemplateFault(`sections are nested more than ${MOST_DEPTH} deep`);
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw new TemplateFault(`{{/${left.name}}} is missing`);
  root.push({ kind: 'text', text: template.slice(at) });
  return root;
}

function close(open: Section[], name: string): void {
  const section = open.pop();
  if (section === undefined) throw new TemplateFault(`{{/${name}}} closes a section that was not opened`);
  if (section.name !== name) throw new TemplateFault(`{{/${name}}} is where {{/${section.name}}} is expected`);
}

class Filling {
  text = '';
  #steps = 0;

  /** @param scopes the values that names are looked up in, the innermost last */
  write(parts: readonly Part[], scopes: readonly unknown[]): void {
    for (const part of parts) {
      this.#steps += 1;
      if (this.#steps > MOST_STEPS) throw new TemplateFault('the lists are too long');
      if (part.kind === 'section') this.#writeSection(part, scopes);
      else this.#append(part.kind === 'text' ? part.text : valueText(part.name, scopes));
    }
  }

  #writeSection({ name, isInverted, parts }: Section, scopes: readonly unknown[]): void {
    const value = lookUp(name, scopes);
    const isEmpty = value === undefined || value === null || value === false || value === '' || isEmptyList(value);
    if (isInverted) {
      if (isEmpty) this.write(parts, scopes);
      return;
    }
    if (isEmpty) return;
    if (Array.isArray(value)) for (const item of value) this.write(parts, [...scopes, item]);
    else this.write(parts, typeof value === 'object' ? [...scopes, value] : scopes);
  }

  #append(text: string): void {
    if (this.text.length + text.length > MOST_CHARACTERS) throw new TemplateFault('the result is too long');
    this.text += text;
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function valueText(name: string, scopes: readonly unknown[]): string {
  const value = lookUp(name, scopes);
  const shown = cutText(name, 100);
  if (value === undefined) throw new TemplateFault(`there is no value for ${shown}`);
  if (value === null) return '';
  if (typeof value === 'object')
    throw new TemplateFault(`${shown} is a list or an object; write {{#${shown}}}…{{/${shown}}}`);
  return String(value);
}

/** Looks a name up from the innermost scope outwards. Only members that the values have themselves are found. */
function lookUp(name: string, scopes: readonly unknown[]): unknown {
  if (name === '.') return scopes.at(-1);
  const [first = '', ...rest] = name.split('.');
  const scope = scopes.findLast((candidate) => memberOf(candidate, first) !== undefined);
  return rest.reduce((value, member) => memberOf(value, member), memberOf(scope, first));
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
