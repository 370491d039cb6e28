import { appendBlock, fileFaults, frontmatterText } from '../files/edit.ts';
import { parseEntity, partsOf } from '../files/entity-file.ts';
import { addLinks, RELATED, rewriteLinks } from '../files/links.ts';
import { PROFILE, typeOfFile } from '../files/ontology.ts';
import { mergeEntities } from './merge-entities.ts';
import type { Link, Merge, Move, Operation } from './operation.ts';

/** Why an operation cannot be applied to the files: the file, the block (empty for the whole file) and the reason. */
export interface OperationFault {
  path: string;
  block: string;
  why: string;
}

export type Texts = ReadonlyMap<string, string>;

/**
 * Applies operations to the texts of entity files, in order. Only this function writes for consolidation, and no plan
 * can delete text: a merge keeps what both files say, a move takes whole current blocks, a link adds a line.
 * Deterministic. On a newer commit the operations include what was added since, or return a fault.
 */
export function applyOperations(
  operations: readonly Operation[],
  texts: Texts,
): { texts: Map<string, string>; faults: OperationFault[] } {
  const files = new Map(texts);
  const faults: OperationFault[] = [];
  for (const operation of operations) {
    if (operation.op !== 'link' && [operation.path, operation.into].includes(PROFILE)) {
      faults.push({ path: PROFILE, block: '', why: 'the profile cannot be merged or split' });
      continue;
    }
    if (operation.op === 'merge') faults.push(...merge(operation, files));
    else if (operation.op === 'move') faults.push(...move(operation, files));
    else link(operation, files);
  }
  return { texts: files, faults };
}

/** Returns the changed files by path; undefined for a deleted file. */
export function writesOf(before: Texts, after: Texts): Map<string, string | undefined> {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return new Map(paths.filter((path) => before.get(path) !== after.get(path)).map((path) => [path, after.get(path)]));
}

function merge({ path, into }: Merge, files: Map<string, string>): OperationFault[] {
  const [loser, survivor] = [files.get(path), files.get(into)];
  if (path === into) return [{ path, block: '', why: 'a file cannot be merged into itself' }];
  if (loser === undefined || survivor === undefined)
    return [{ path: loser === undefined ? path : into, block: '', why: 'the file does not exist' }];
  if (typeOfFile(path, loser) !== typeOfFile(into, survivor))
    return [{ path, block: '', why: 'the files have different types' }];
  const text = mergeEntities({ path: into, text: survivor }, { path, text: loser });
  const [fault] = fileFaults(text, survivor);
  if (fault !== undefined) return [{ path: into, block: '', why: `the merged file would be ${fault}` }];
  files.delete(path);
  files.set(into, text);
  for (const [other, before] of files) files.set(other, rewriteLinks(before, { self: other, from: path, to: into }));
  return [];
}

function move({ path, into, create, blocks }: Move, files: Map<string, string>): OperationFault[] {
  const source = files.get(path);
  if (source === undefined || path === into) return [{ path, block: '', why: 'the file does not exist' }];
  const head = create && frontmatterText({ ...create, aliases: [] }, [`parted_from: ${path}`]);
  const target = files.get(into) ?? head ?? undefined;
  if (target === undefined) return [{ path: into, block: '', why: 'the file does not exist' }];
  const parts = partsOf(source);
  const missing = blocks.filter((id) => id === '' || !parts.has(id));
  if (missing.length > 0) return missing.map((block) => ({ path, block, why: 'the block does not exist' }));
  const rest = joined([...parts].filter(([id]) => !blocks.includes(id)).map(([, raw]) => raw));
  const grown = blocks.reduce((text, id) => appendBlock(text, `${(parts.get(id) ?? '').trim()}\n`), target);
  const [left, right] = [addLinks(rest, [into]), addLinks(grown, [path])];
  if (parseEntity(rest).blocks.every(({ id }) => id === RELATED))
    return [{ path, block: '', why: 'no block would remain in the file' }];
  const faults = [
    ...fileFaults(left, source).map((why) => ({ path, why })),
    ...fileFaults(right, target).map((why) => ({ path: into, why })),
  ];
  if (faults.length > 0) return faults.map((fault) => ({ ...fault, block: '' }));
  files.set(path, left);
  files.set(into, right);
  return [];
}

/** Adds links. Skips missing targets and files at their size cap: a missing link must not make the plan fail. */
function link({ path, targets }: Link, files: Map<string, string>): void {
  const source = files.get(path);
  if (source === undefined) return;
  const text = addLinks(
    source,
    targets.filter((target) => target !== path && files.has(target)),
  );
  if (fileFaults(text, source).length === 0) files.set(path, text);
}

function joined(parts: readonly string[]): string {
  return parts.reduce((text, part) => (text === '' || text.endsWith('\n') ? text + part : `${text}\n${part}`), '');
}
