import { cutText } from '../../platform/cut-text.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { parseEntity } from '../files/entity-file.ts';
import { fieldOf } from '../files/frontmatter.ts';
import { RELATED } from '../files/links.ts';
import { PROFILE, typeOfFile } from '../files/ontology.ts';
import { applyOperations, type Texts } from './apply-operations.ts';
import { contentHash } from './candidate.ts';
import { stemOf } from './merge-entities.ts';
import type { Move, Plan, Unchanged } from './operation.ts';

/** The blocks of one heading. They stay together, because their ids are numbered. */
interface Unit {
  ids: string[];
  heading: string;
  text: string;
  tokens: number;
}

/** A file over the soft cap, as a planner sees it. */
export interface LongFile {
  path: string;
  text: string;
  /** The blocks that may be moved: no always-load blocks and no links. */
  units: Unit[];
  softCap: number;
  texts: Texts;
}

interface MovesInput {
  texts: Texts;
  softCap: number;
  /** Moves that the user has undone, as `move <path> <block>`. */
  refused: ReadonlySet<string>;
  left: readonly Unchanged[];
  /** Plans moves with a model and checks them with `checkMoves`; undefined without a model, then rules plan. */
  plan: ((file: LongFile) => Promise<Move[]>) | undefined;
}

/** Files that a model splits in one run, the longest first. */
const MAX_MODEL_FILES = 3;

/**
 * Plans how to split the files over the soft cap, the longest first. The profile is never split: every context shows
 * it.
 */
export async function proposeMoves({ texts, softCap, refused, left, plan }: MovesInput): Promise<Plan> {
  const result: Plan = { proposer: plan ? 'model' : 'rules', operations: [], left: [], left_out: 0 };
  const long = [...texts].filter(([path, text]) => path !== PROFILE && estimateTokens(text) > softCap);
  long.sort(([path, text], [otherPath, other]) => other.length - text.length || (path < otherPath ? -1 : 1));
  let files = texts;
  let planned = 0;
  for (const [path] of long) {
    const text = files.get(path) ?? '';
    // The same file under another cap is another question.
    const seen = [contentHash(text), String(softCap)];
    const known = left.find((before) => before.paths[0] === path && seen.every((mark, at) => before.seen[at] === mark));
    const units = unitsOf(text).filter(({ ids }) => !ids.some((id) => refused.has(`move ${path} ${id}`)));
    if (known !== undefined) result.left.push(known);
    else if (plan !== undefined && planned >= MAX_MODEL_FILES) result.left_out += 1;
    else {
      planned += 1;
      const file: LongFile = { path, text, units, softCap, texts: files };
      const moves = units.length === 0 ? [] : await (plan ?? splitByRules)(file);
      files = applyOperations(moves, files).texts;
      result.operations.push(...moves);
      const rest = files.get(path) ?? '';
      if (estimateTokens(rest) > softCap) {
        const reason = 'It is still longer than the soft cap, and nothing more was found to move.';
        result.left.push({ paths: [path], seen: [contentHash(rest), String(softCap)], reason, confidence: null });
      }
    }
  }
  return result;
}

/** How full a file may be after the split. A file at its cap would be split again after the next session. */
const FILL_RATIO = 0.7;
/** Tokens for the frontmatter and the links of a part. */
const RESERVED_TOKENS = 400;
const MAX_PARTS = 99;

/**
 * Splits a long file without a model: moves the oldest blocks to `<file>_part_1`, `_part_2`, … until the file is well
 * under the cap. The date in the heading gives the age; undated blocks come after dated ones, in the order of the file,
 * because files grow at their end. Blocks marked as strong are moved last.
 */
async function splitByRules(file: LongFile): Promise<Move[]> {
  const order = file.units.toSorted((one, other) => compare(one, other));
  const parts = partsWithRoom(file);
  const moves: Move[] = [];
  let over = estimateTokens(file.text) - file.softCap * FILL_RATIO;
  let open: { move: Move; room: number } | undefined;
  for (const unit of order.filter(({ tokens }) => tokens + RESERVED_TOKENS <= file.softCap)) {
    if (over <= 0) break;
    while (open === undefined || open.room < unit.tokens) {
      const next = parts.next();
      if (next.done) return checkMoves(file, moves).moves;
      open = next.value;
    }
    if (open.move.blocks.length === 0) moves.push(open.move);
    open.move.blocks.push(...unit.ids);
    open.room -= unit.tokens;
    over -= unit.tokens;
  }
  return checkMoves(file, moves).moves;
}

/** Yields the parts of a file that have room: the last existing part first, then new ones. */
function* partsWithRoom({ path, text, texts, softCap }: LongFile): Generator<{ move: Move; room: number }, void> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const stem = stemOf(path).slice(0, 54);
  const name = parseEntity(text).frontmatter.name ?? stemOf(path);
  const numbers = Array.from({ length: MAX_PARTS }, (_, at) => at + 1);
  const pathOf = (number: number) => `${folder}/${stem}_part_${number}.md`;
  const last = numbers.findLast((number) => texts.has(pathOf(number))) ?? 0;
  for (const number of numbers.filter((each) => each >= Math.max(last, 1))) {
    const into = pathOf(number);
    const existing = texts.get(into);
    if (existing !== undefined && fieldOf(existing, 'parted_from') !== path) continue;
    const create = existing === undefined ? { name: `${name} (part ${number})`, type: typeOfFile(path, text) } : null;
    const reason = 'The oldest blocks of a file over the soft cap.';
    const room = softCap - RESERVED_TOKENS - estimateTokens(existing ?? '');
    yield { move: { op: 'move', path, into, create, blocks: [], reason }, room };
  }
}

function compare(one: Unit, other: Unit): number {
  return Number(isStrong(one)) - Number(isStrong(other)) || dateOf(one).localeCompare(dateOf(other));
}

function isStrong({ heading }: Unit): boolean {
  return /\[Strength:\s*High\]/i.test(heading);
}

/** Returns the date in the heading. Undated blocks sort last: their text is seldom about a single day. */
function dateOf({ heading }: Unit): string {
  return /\d{4}-\d\d(?:-\d\d)?/.exec(heading)?.[0] ?? '9999';
}

/** Returns what may be moved, in the order of the file. */
export function unitsOf(text: string): Unit[] {
  const units = new Map<string, Unit & { stays: boolean }>();
  for (const { id, heading, raw, alwaysLoad } of parseEntity(text).blocks) {
    const base = id.replace(/-\d+$/, '');
    const unit = units.get(base) ?? { ids: [], heading, text: '', tokens: 0, stays: base === RELATED };
    unit.ids.push(id);
    unit.text += raw;
    unit.tokens = estimateTokens(unit.text);
    unit.stays ||= alwaysLoad;
    units.set(base, unit);
  }
  return [...units.values()].filter(({ stays }) => !stays).map(({ stays: _, ...unit }) => unit);
}

/** Returns the moves that can be made one after another, and what is wrong with the others. */
export function checkMoves(file: LongFile, moves: readonly Move[]): { moves: Move[]; faults: string[] } {
  const good: Move[] = [];
  const faults: string[] = [];
  const free = new Map(file.units.flatMap((unit) => unit.ids.map((id) => [id, unit] as const)));
  for (const [index, move] of moves.entries()) {
    const fault = faultOf(file, move, { good, free });
    if (fault !== undefined) faults.push(`move ${index + 1}: ${fault}`);
    else {
      good.push(move);
      for (const id of move.blocks) free.delete(id);
    }
  }
  return { moves: good, faults };
}

function faultOf(
  file: LongFile,
  move: Move,
  { good, free }: { good: readonly Move[]; free: ReadonlyMap<string, Unit> },
): string | undefined {
  if (move.path !== file.path) return 'only blocks of this file can be moved';
  if (move.into === PROFILE) return 'the profile cannot be a target';
  if (new Set(move.blocks).size !== move.blocks.length) return 'a block is named twice';
  const bad = move.blocks.find((id) => !free.has(id));
  if (bad !== undefined) return `the block "${cutText(bad, 100)}" cannot be moved, or is already moved`;
  const torn = move.blocks.flatMap((id) => free.get(id)?.ids ?? []).find((id) => !move.blocks.includes(id));
  if (torn !== undefined) return `the blocks of one heading stay together: "${torn}" is missing`;
  const { texts, faults } = applyOperations([...good, move], file.texts);
  if (faults[0] !== undefined) return faults[0].why;
  const length = estimateTokens(texts.get(move.into) ?? '');
  return length > file.softCap ? `${move.into} would have ${length} tokens, more than ${file.softCap}` : undefined;
}
