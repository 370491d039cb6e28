import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText } from '../../platform/cut-text.ts';
import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { failureOf } from '../../platform/git/git-failure.ts';
import { partsOf } from '../files/entity-file.ts';
import { isIndexPath } from '../files/entity-index.ts';
import { mergeParts } from '../files/merge-blocks.ts';
import { isEntityPath } from '../files/ontology.ts';
import { TIMELINE, timelineParts } from '../files/timeline.ts';
import { blobOf, type GitObject, objectOf, type TreeFile, textOf } from '../git/object.ts';
import type { SyncConflict } from './sync-report.ts';

export type Files = ReadonlyMap<string, TreeFile>;

interface SidesToMerge {
  /** The files of the merge bases: usually one, several for criss-cross histories, none for unrelated histories. */
  bases: readonly Files[];
  memory: Files;
  repository: Files;
  /** Returns the contents of blobs of any side, in the order of the ids. */
  read(ids: readonly string[]): Promise<Buffer[]>;
  /** Where git merges texts. */
  git: BareRepository;
}

interface MergedFiles {
  files: Map<string, TreeFile>;
  /** New contents that neither side had. */
  blobs: GitObject[];
  /** Changes that contradict. If there are any, the merged files must not be used. */
  conflicts: SyncConflict[];
}

/**
 * Merges two sides path by path (three-way). A change or removal on one side only is taken. When both sides changed a
 * path, entity files are merged by block, timelines by entry, other texts by line; the rest is a conflict. With several
 * bases a path is merged only if all bases give the same result. The index is left out, because it is derived from the
 * files.
 */
export async function mergeFiles(sides: SidesToMerge): Promise<MergedFiles> {
  const bases = sides.bases.length > 0 ? sides.bases : [new Map<string, TreeFile>()];
  const merged: MergedFiles = { files: new Map(), blobs: [], conflicts: [] };
  for (const path of new Set([...sides.memory.keys(), ...sides.repository.keys()])) {
    if (isIndexPath(path)) continue;
    const [memory, repository] = [sides.memory.get(path), sides.repository.get(path)];
    const results: PathResult[] = [];
    for (const base of bases) results.push(await mergePath(sides, { path, base: base.get(path), memory, repository }));
    const result = commonResult(results) ?? {
      conflicts: [await fileConflict(sides, { path, base: undefined, memory, repository })],
    };
    if ('conflicts' in result) merged.conflicts.push(...result.conflicts);
    else if (result.file !== undefined) {
      merged.files.set(path, result.file);
      if (result.blob !== undefined) merged.blobs.push(result.blob);
    }
  }
  return merged;
}

type PathResult = { file: TreeFile | undefined; blob?: GitObject } | { conflicts: SyncConflict[] };

interface PathSides {
  path: string;
  base: TreeFile | undefined;
  memory: TreeFile | undefined;
  repository: TreeFile | undefined;
}

/** Returns the result that all bases give, or the first conflict; undefined when the results differ. */
function commonResult(results: readonly PathResult[]): PathResult | undefined {
  const conflict = results.find((result) => 'conflicts' in result);
  if (conflict !== undefined) return conflict;
  const [first, ...others] = results;
  const same = others.every((other) => 'file' in other && first && 'file' in first && sameFile(other.file, first.file));
  return same ? first : undefined;
}

async function mergePath(sides: SidesToMerge, at: PathSides): Promise<PathResult> {
  const { base, memory, repository } = at;
  if (sameFile(memory, repository) || sameFile(repository, base)) return { file: memory };
  if (sameFile(memory, base)) return { file: repository };
  // One side removed the file, the other changed it.
  if (memory === undefined || repository === undefined) return { conflicts: [await fileConflict(sides, at)] };
  const mode = memory.mode === base?.mode ? repository.mode : memory.mode;
  if (memory.id === repository.id || repository.id === base?.id) return { file: { id: memory.id, mode } };
  if (memory.id === base?.id) return { file: { id: repository.id, mode } };
  return mergeContents(sides, { ...at, memory, repository }, mode);
}

async function mergeContents(
  sides: SidesToMerge,
  at: PathSides & { memory: TreeFile; repository: TreeFile },
  mode: TreeFile['mode'],
): Promise<PathResult> {
  const { path } = at;
  const [memory = NONE, repository = NONE, base] = await sides.read(
    [at.memory.id, at.repository.id].concat(at.base === undefined ? [] : [at.base.id]),
  );
  const split = isEntityPath(path) ? partsOf : path.startsWith(TIMELINE) ? timelineParts : undefined;
  const texts = [base ?? NONE, memory, repository].map(textOf);
  const [baseText, memoryText, repositoryText] = texts;
  if (baseText === undefined || memoryText === undefined || repositoryText === undefined)
    return { conflicts: [await fileConflict(sides, at)] };
  if (split === undefined) {
    // Two texts without a common base cannot be merged.
    const text = base && (await mergeText(sides.git, { base, memory, repository }));
    return text === undefined ? { conflicts: [await fileConflict(sides, at)] } : written(objectOf('blob', text), mode);
  }
  const parts = { base: split(baseText), branch: split(memoryText), session: split(repositoryText) };
  const merged = mergeParts(path, parts, { keepsFirstHead: false });
  if ('text' in merged) return written(blobOf(merged.text), mode);
  return {
    conflicts: merged.conflicts.map(({ block, base: was, branch, session }) => ({
      path,
      block,
      base: excerpt(was),
      memory: excerpt(branch),
      repository: excerpt(session),
    })),
  };
}

/** The exit code of git-merge-file(1) for an error; lower codes count conflicts. */
const CANNOT = 128;

/** Merges a text line by line with git; undefined when both sides changed the same lines. @throws GitFailure */
async function mergeText(
  repository: BareRepository,
  sides: { base: Buffer; memory: Buffer; repository: Buffer },
): Promise<Buffer | undefined> {
  // Fixed names, independent of the names of the files; only this call reads them.
  const [memory, base, theirs] = ['memory', 'base', 'repository'].map((name) => join(repository.folder, 'home', name));
  if (memory === undefined || base === undefined || theirs === undefined)
    throw new Error('A three-way merge needs three files');
  await writeFile(memory, sides.memory);
  await writeFile(base, sides.base);
  await writeFile(theirs, sides.repository);
  const result = await repository.git(['merge-file', '-p', '-q', memory, base, theirs]);
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === null || result.exitCode >= CANNOT) throw failureOf(result);
  return undefined;
}

const NONE = Buffer.alloc(0);
/** Characters of each side that a conflict shows. */
const MAX_EXCERPT = 10_000;

function excerpt(text: string | undefined): string | null {
  return text === undefined ? null : cutText(text, MAX_EXCERPT);
}

function written(blob: GitObject, mode: TreeFile['mode']): PathResult {
  return { file: { id: blob.id, mode }, blob };
}

/** Returns a conflict about a whole file, with both sides when they are text. */
async function fileConflict({ read }: SidesToMerge, at: PathSides): Promise<SyncConflict> {
  const side = async (file: TreeFile | undefined) => {
    if (file === undefined) return null;
    const [content = NONE] = await read([file.id]);
    return excerpt(textOf(content) ?? `(${content.length} bytes of binary data)`);
  };
  return {
    path: at.path,
    block: null,
    base: await side(at.base),
    memory: await side(at.memory),
    repository: await side(at.repository),
  };
}

function sameFile(one: TreeFile | undefined, other: TreeFile | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
