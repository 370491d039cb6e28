import { z } from 'zod';
import { storableText } from '../../platform/storable.ts';
import { blockLines, missingFence } from './block-lines.ts';
import { markerFaults, parseEntity } from './entity-file.ts';
import { hashedPath, isAbout } from './entity-name.ts';
import { aliasesLine, frontmatterFaults, lineEndOf } from './frontmatter.ts';
import { EntityPath, kindOfPath, NewEntityPath, PROFILE, stemOfPath } from './ontology.ts';
import { scalarOf } from './yaml-text.ts';

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
    path: NewEntityPath,
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
  for (const [path, text] of files)
    for (const fault of fileFaults(text, before(path))) add(faults, path, `${path}: ${fault}`);
  for (const path of faults.keys()) files.delete(path);
  return { files, faults: [...faults.values()].flat() };
}

function add(faults: Map<string, string[]>, path: string, fault: string): void {
  faults.set(path, [...(faults.get(path) ?? []), fault]);
}

function applyEdit(edit: Edit, text: string | undefined): { text: string } | { fault: string } {
  if (edit.op === 'create') {
    if (text !== undefined) return { fault: whyExists(edit, text) };
    return { text: frontmatterText(edit) + edit.blocks.map(blockText).join('\n') };
  }
  if (text === undefined) return { fault: 'there is no such file; create it' };
  if (edit.op === 'append') return { text: appendBlock(text, blockText(edit.block)) };
  return replaceText(text, edit);
}

function whyExists(
  { path, name, aliases }: Pick<Extract<Edit, { op: 'create' }>, 'path' | 'name' | 'aliases'>,
  text: string,
) {
  if (isAbout(path, text, { name, aliases })) return 'the file exists; append to it or replace in it';
  return `the file exists and is about another name; create ${hashedPath(path, name)} for ${name}, or append if they are one`;
}

/** Adds a block at the end of a file, after an empty line. What is there keeps every byte; line ends are the file's. */
export function appendBlock(text: string, block: string): string {
  const end = lineEndOf(text);
  const gap = /(?:^|\n)\r?\n$|^$/.test(text) ? '' : text.endsWith('\n') ? end : end + end;
  return text + gap + block.replaceAll(/\r?\n/g, end);
}

/** Replaces a text that occurs once. A search that was written with other line ends than the file's is found, too. */
function replaceText(
  text: string,
  { search, replacement }: { search: string; replacement: string },
): { text: string } | { fault: string } {
  const end = lineEndOf(text);
  const inFile = (part: string) => part.replaceAll(/\r?\n/g, end);
  const wanted = text.includes(search) ? search : inFile(search);
  const at = text.indexOf(wanted);
  if (at < 0) return { fault: 'the text to search for is not in the file' };
  if (text.indexOf(wanted, at + 1) >= 0) return { fault: 'the text to search for is in the file more than once' };
  if (missingFence(replacement) !== missingFence(search)) return { fault: 'the replacement leaves a code fence open' };
  return { text: text.slice(0, at) + inFile(replacement) + text.slice(at + wanted.length) };
}

/**
 * Returns what is wrong with a whole file; empty when it is valid. `before` is the file that was changed: when somebody
 * else wrote it, it may be without a block, and faults of its frontmatter may stay.
 */
export function fileFaults(text: string, before?: string): string[] {
  const faults = markerFaults(text);
  if (Buffer.byteLength(text) > LARGEST_FILE) faults.push(`larger than ${LARGEST_FILE} bytes`);
  const known = frontmatterFaults(before ?? '');
  faults.push(...frontmatterFaults(text).filter((fault) => !known.includes(fault)));
  const mayLackBlocks = before !== undefined && parseEntity(before).blocks.length === 0;
  if (!mayLackBlocks && parseEntity(text).blocks.length === 0) faults.push('without a block');
  return faults;
}

type NewFrontmatter = Pick<Extract<Edit, { op: 'create' }>, 'name' | 'type' | 'aliases'>;

/** Returns the frontmatter and the title of a new file. `more` are further fields, as whole lines. */
export function frontmatterText({ name, type, aliases }: NewFrontmatter, more: readonly string[] = []): string {
  const fields = [`name: ${scalarOf(name)}`, `type: ${scalarOf(type)}`, aliasesLine(aliases), ...more];
  const lines = ['---', ...fields, '---', '', `# ${name}`, ''];
  return `${lines.join('\n')}\n`;
}

/**
 * Returns default frontmatter: a name made from the path, and the kind of the folder. For a file whose own frontmatter
 * must not be used.
 */
export function defaultFrontmatter(path: string): NewFrontmatter {
  if (path === PROFILE) return { name: 'user', type: 'person', aliases: [] };
  const name = stemOfPath(path)
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return { name: name.trim(), type: kindOfPath(path)?.kind ?? 'unknown', aliases: [] };
}

/** Adds default frontmatter to a file that has none. */
export function withFrontmatter(path: string, text: string): string {
  return parseEntity(text).preamble.trim() === '' ? frontmatterText(defaultFrontmatter(path)) + text : text;
}

/**
 * Returns the text of a block. Lines that look like markers or block headings are indented, so that they stay text;
 * code between fences stays as it is. A code fence that is left open is closed: it would hide the blocks that follow.
 */
export function blockText({ heading, text, strength, always_load: alwaysLoad }: NewBlock): string {
  const weight = strength === 'low' ? 'Low' : strength === 'medium' ? 'Medium' : 'High';
  const title = `### ${heading.replaceAll(/\[(?:Strength:[^[\]]*|ALWAYS_LOAD)\]/gi, '').trim()} [Strength: ${weight}]`;
  const said = text.replaceAll(/\r\n?/g, '\n').trimEnd();
  const missing = missingFence(said);
  const inert = blockLines(missing === undefined ? said : `${said}\n${missing}`).map(({ line, kind, isCode }) => {
    if (isCode) return line;
    return (kind === 'text' ? line : ` ${line}`).replaceAll('[ALWAYS_LOAD]', '(ALWAYS_LOAD)');
  });
  return `/START\n${title}${alwaysLoad ? ' [ALWAYS_LOAD]' : ''}\n${inert.join('')}\n/END\n`;
}
