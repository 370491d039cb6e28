import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { parseEntity } from '../files/entity-file.ts';
import { fieldOf } from '../files/frontmatter.ts';
import { typeOfFile } from '../files/ontology.ts';
import { checkMoves, type LongFile, type Unit } from './long-file.ts';
import { stemOf } from './merge-entities.ts';
import type { Move } from './operation.ts';

/** So much of the cap is filled after parting: a file at its cap would be parted again after the next session. */
const FILLED = 0.7;
/** For head and links of a part. */
const ROOM = 400;
const MOST_PARTS = 99;

/**
 * Parts a long file without a model: what is oldest goes to `<file>_part_1`, `_part_2`, … beside it, until the file is well under the cap. Old is what its heading
 * dates earliest; of what has no date, what stands first, since files grow at their end. What is marked as strong goes last.
 */
export async function partByRules(file: LongFile): Promise<Move[]> {
  const order = file.units.toSorted((one, other) => compare(one, other));
  const parts = freeParts(file);
  const moves: Move[] = [];
  let over = estimateTokens(file.text) - file.softCap * FILLED;
  let open: { move: Move; room: number } | undefined;
  for (const unit of order.filter(({ tokens }) => tokens + ROOM <= file.softCap)) {
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

/** The parts that have room, the last one of those that are there first. */
function* freeParts({ path, text, texts, softCap }: LongFile): Generator<{ move: Move; room: number }, void> {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const stem = stemOf(path).slice(0, 54);
  const name = parseEntity(text).frontmatter.name ?? stemOf(path);
  const numbers = Array.from({ length: MOST_PARTS }, (_, at) => at + 1);
  const pathOf = (number: number) => `${folder}/${stem}_part_${number}.md`;
  const last = numbers.findLast((number) => texts.has(pathOf(number))) ?? 0;
  for (const number of numbers.filter((each) => each >= Math.max(last, 1))) {
    const into = pathOf(number);
    const there = texts.get(into);
    if (there !== undefined && fieldOf(there, 'parted_from') !== path) continue;
    const create = there === undefined ? { name: `${name} (part ${number})`, type: typeOfFile(path, text) } : null;
    const reason = 'The oldest blocks of a file over the soft cap.';
    const room = softCap - ROOM - estimateTokens(there ?? '');
    yield { move: { op: 'move', path, into, create, blocks: [], reason }, room };
  }
}

function compare(one: Unit, other: Unit): number {
  return Number(isStrong(one)) - Number(isStrong(other)) || dateOf(one).localeCompare(dateOf(other));
}

function isStrong({ heading }: Unit): boolean {
  return /\[Strength:\s*High\]/i.test(heading);
}

/** Undated blocks were written by somebody who thought of more than a day; they stay longer than dated ones. */
function dateOf({ heading }: Unit): string {
  return /\d{4}-\d\d(?:-\d\d)?/.exec(heading)?.[0] ?? '9999';
}
