import { parseEntity, partsOf } from '../files/entity-file.ts';
import { withHead } from '../files/plain-head.ts';
import { TIMELINE, timelineParts } from '../files/timeline.ts';
import type { WithdrawnChange } from './withdrawn.ts';

export interface CarriedFile {
  path: string;
  /** What the commit did: the file before and after it. */
  before: string | undefined;
  after: string | undefined;
  /** The file as it is without the source. */
  branch: string | undefined;
  /** Whether a text says what only the source said. */
  refuses: (text: string) => boolean;
  /** Whether a part that the commit removed here was refused elsewhere in it: it stays, or it would be nowhere. */
  isHeld: (part: string) => boolean;
}

/**
 * Does to a file what a commit without a session did to it, part by part: blocks of an entity, entries of the timeline. Where the commit and the absence of the
 * source both touched a part, the branch's stays and the commit's change is withdrawn; a part that the commit removed is gone, but for one that it only moved to
 * where it is refused. Undefined when the file is not there afterwards.
 */
export function carryFile(file: CarriedFile): { text: string | undefined; withdrawn: WithdrawnChange[] } {
  const { path, before, after, branch } = file;
  const [ofBefore, ofAfter, ofBranch] = [before, after, branch].map((text) => partsAt(path, text)) as [
    Parts,
    Parts,
    Parts,
  ];
  const withdrawn: WithdrawnChange[] = [];
  const parts: string[] = [];
  let isAsItWas = branch === before;
  for (const key of new Set([...ofBranch.keys(), ...ofAfter.keys()])) {
    const {
      text,
      why,
      stays = false,
    } = carryPart({ before: ofBefore.get(key), after: ofAfter.get(key), branch: ofBranch.get(key) }, file);
    if (text !== undefined) parts.push(text);
    if (stays) isAsItWas = false;
    if (why === undefined) continue;
    isAsItWas = false;
    withdrawn.push({ path, block: key === '' ? null : key, op: 'merge', why });
  }
  if (after === undefined && parts.every((part) => part.trim() === '')) return { text: undefined, withdrawn };
  // Unhindered, the commit's own order of parts is kept.
  return { text: isAsItWas ? after : whole(path, parts, branch), withdrawn };
}

type Parts = Map<string, string>;
type Part = string | undefined;

function carryPart(
  { before, after, branch }: { before: Part; after: Part; branch: Part },
  { path, refuses, isHeld }: CarriedFile,
): { text: Part; why?: WithdrawnChange['why']; stays?: boolean } {
  if (same(after, before)) return { text: branch };
  if (after === undefined)
    return branch !== undefined && isHeld(branch) ? { text: branch, stays: true } : { text: undefined };
  const isTimeline = path.startsWith(TIMELINE);
  if (refuses(after)) {
    const sound = isTimeline ? linesWithout(after, refuses) : branch;
    return { text: sound, why: 'says_what_is_gone' };
  }
  if (same(branch, before) || same(branch, after)) return { text: after };
  // The head of a file that only the commit made.
  if (before === undefined && branch === '') return { text: after };
  if (isTimeline && branch !== undefined) return { text: commonLines(branch, after) };
  return { text: branch, why: 'conflict' };
}

/** The parts of a file that is merged by them, by key: blocks of an entity, entries of the timeline. */
export function partsAt(path: string, text: string | undefined): Parts {
  return path.startsWith(TIMELINE) ? timelineParts(text ?? '') : partsOf(text ?? '');
}

/** The empty lines between a part and the next are nobody's. */
function same(one: Part, other: Part): boolean {
  return one?.trimEnd() === other?.trimEnd();
}

function linesWithout(text: string, refuses: (line: string) => boolean): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('#') || line.startsWith('/END') || !refuses(line))
    .join('\n');
}

function commonLines(one: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return one
    .split('\n')
    .filter((line) => lines.has(line))
    .join('\n');
}

/** An entity without a block is none; one whose head was the source's gets a plain one. */
function whole(path: string, parts: readonly string[], branch: string | undefined): string | undefined {
  const text = parts.reduce((sum, part) => (sum === '' || sum.endsWith('\n') ? sum + part : `${sum}\n${part}`), '');
  if (path.startsWith(TIMELINE)) return text.trim() === '' ? branch : text;
  return parseEntity(text).blocks.length === 0 ? branch : withHead(path, text);
}
