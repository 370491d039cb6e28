import { z } from 'zod';
import { storableText } from '../../platform/storable.ts';
import { markerFaults, parseEntity } from './entity-file.ts';
import { aliasesLine } from './frontmatter.ts';
import { EntityPath, kindOfPath, PROFILE } from './ontology.ts';

/** The largest size of an entity file in bytes. Consolidation splits files long before they reach it. */
export const LARGEST_FILE = 64 * 1024;
export const MOST_EDITS = 60;

/** A name or a heading. */
export const OneLine = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .refine((text) => !/[\r\n]/.test(text), 'must be one line');

const NewBlock = z.strictObject({
  heading: OneLine,
  text: z.string().trim().min(1).max(20_000),
  strength: z.enum(['low', 'medium', 'high']).default('low'),
  always_load: z.boolean().default(false),
});
type NewBlock = z.output<typeof NewBlock>;

/**
 * A change of one entity file. `create` creates the file, or adds its blocks when another session has created it;
 * `append` adds a block; `replace` replaces a text that occurs exactly once in the file.
 */
export const Edit = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('create'),
    path: EntityPath,
    name: OneLine,
    type: OneLine,
    aliases: z.array(OneLine).max(20).default([]),
    blocks: z.array(NewBlock).min(1).max(30),
  }),
  z.strictObject({ op: z.literal('append'), path: EntityPath, block: NewBlock }),
  z.strictObject({
    op: z.literal('replace'),
    path: EntityPath,
    search: z.string().min(1).max(20_000),
    replacement: z.string().max(20_000),
  }),
]);
export type Edit = z.output<typeof Edit>;

/**
 * The files after the edits. `faults` tell the proposer of the edits (a model) what failed, so that it can correct
 * them.
 */
interface EditedFiles {
  files: Map<string, string>;
  faults: string[];
}

/**
 * Applies edits in order to the files that `before` returns (undefined for a missing file), then checks each file:
 * markers balance, there is a block, the size is allowed. A file with a fault is not in the result.
 */
export function applyEdits(edits: readonly Edit[], before: (path: string) => string | undefined): EditedFiles {
  const files = new Map<string, string>();
  const faults = new Map<string, string[]>();
  for (const [index, edit] of edits.entries()) {
    const text = files.get(edit.path) ?? before(edit.path);
    const done = applyEdit(edit, text);
    if ('fault' in done) add(faults, edit.path, `edit ${index + 1} (${edit.op} of ${edit.path}): ${done.fault}`);
    else files.set(edit.path, storableText(done.text));
  }
  for (const [path, text] of files) for (const fault of fileFaults(text)) add(faults, path, `${path}: ${fault}`);
  for (const path of faults.keys()) files.delete(path);
  return { files, faults: [...faults.values()].flat() };
}

function add(faults: Map<string, string[]>, path: string, fault: string): void {
  faults.set(path, [...(faults.get(path) ?? []), fault]);
}

function applyEdit(edit: Edit, text: string | undefined): { text: string } | { fault: string } {
  if (edit.op === 'create') {
    if (text !== undefined) return { fault: 'the file exists; append to it or replace in it' };
    return { text: frontmatterText(edit) + edit.blocks.map(blockText).join('\n') };
  }
  if (text === undefined) return { fault: 'there is no such file; create it' };
  if (edit.op === 'append') return { text: `${text.trimEnd()}\n\n${blockText(edit.block)}` };
  const at = text.indexOf(edit.search);
  if (at < 0) return { fault: 'the text to search for is not in the file' };
  if (text.indexOf(edit.search, at + 1) >= 0) return { fault: 'the text to search for is in the file more than once' };
  return { text: text.slice(0, at) + edit.replacement + text.slice(at + edit.search.length) };
}

/** Returns what is wrong with a whole file; empty when it is valid. */
export function fileFaults(text: string): string[] {
  const faults = markerFaults(text);
  if (Buffer.byteLength(text) > LARGEST_FILE) faults.push(`larger than ${LARGEST_FILE} bytes`);
  if (parseEntity(text).blocks.length === 0) faults.push('without a block');
  return faults;
}

type NewFrontmatter = Pick<Extract<Edit, { op: 'create' }>, 'name' | 'type' | 'aliases'>;

/** Returns the frontmatter and the title of a new file. `more` are further fields, as whole lines. */
export function frontmatterText({ name, type, aliases }: NewFrontmatter, more: readonly string[] = []): string {
  const fields = [`name: ${name}`, `type: ${type}`, aliasesLine(aliases), ...more];
  const lines = ['---', ...fields, '---', '', `# ${name}`, ''];
  return `${lines.join('\n')}\n`;
}

/**
 * Returns default frontmatter: a name made from the path, and the kind of the folder. For a file whose own frontmatter
 * must not be used.
 */
export function defaultFrontmatter(path: string): NewFrontmatter {
  if (path === PROFILE) return { name: 'user', type: 'person', aliases: [] };
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  const name = stem.replaceAll(/[_-]+/g, ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return { name: name.trim(), type: kindOfPath(path)?.kind ?? 'unknown', aliases: [] };
}

/** Adds default frontmatter to a file that has none. */
export function withFrontmatter(path: string, text: string): string {
  return parseEntity(text).preamble.trim() === '' ? frontmatterText(defaultFrontmatter(path)) + text : text;
}

/** Returns the text of a block. Lines that look like markers or block headings are indented, so that they stay text. */
export function blockText({ heading, text, strength, always_load: alwaysLoad }: NewBlock): string {
  const weight = strength === 'low' ? 'Low' : strength === 'medium' ? 'Medium' : 'High';
  const title = `### ${heading.replaceAll(/\[(?:Strength:[^[\]]*|ALWAYS_LOAD)\]/gi, '').trim()} [Strength: ${weight}]`;
  const inert = text
    .replaceAll(/^(?=\/(?:START|END)(?:\s|$)|###\s)/gim, ' ')
    .replaceAll('[ALWAYS_LOAD]', '(ALWAYS_LOAD)');
  return `/START\n${title}${alwaysLoad ? ' [ALWAYS_LOAD]' : ''}\n${inert.trimEnd()}\n/END\n`;
}
