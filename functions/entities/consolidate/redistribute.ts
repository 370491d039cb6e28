import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { PROFILE } from '../files/ontology.ts';
import { seenOf } from './candidate.ts';
import { carryOut, type Texts } from './carry-out.ts';
import { type LongFile, unitsOf } from './long-file.ts';
import type { Left, Move, Plan } from './operation.ts';
import { partByRules } from './part-by-rules.ts';

export interface RedistributeQuestion {
  texts: Texts;
  softCap: number;
  /** Moves that a person has undone, as `move <path> <block>`. */
  refused: ReadonlySet<string>;
  left: readonly Left[];
  /** Plans by a model, checked by `checkMoves`; undefined where there is none, and rules plan. */
  plan: ((file: LongFile) => Promise<Move[]>) | undefined;
}

/** Files that a model parts in one run, the longest first. */
const MOST_FILES = 3;

/** How the files over the soft cap are to be parted, the longest first. The profile stays whole: it is the one file that every context shows. */
export async function proposeMoves({ texts, softCap, refused, left, plan }: RedistributeQuestion): Promise<Plan> {
  const result: Plan = { proposer: plan ? 'model' : 'rules', operations: [], left: [], left_out: 0 };
  const long = [...texts].filter(([path, text]) => path !== PROFILE && estimateTokens(text) > softCap);
  long.sort(([path, text], [otherPath, other]) => other.length - text.length || (path < otherPath ? -1 : 1));
  let files = texts;
  let planned = 0;
  for (const [path] of long) {
    const text = files.get(path) ?? '';
    const known = left.find((before) => isAbout(before, path, [seenOf(text), String(softCap)]));
    const units = unitsOf(text).filter(({ ids }) => !ids.some((id) => refused.has(`move ${path} ${id}`)));
    if (known !== undefined) result.left.push(known);
    else if (plan !== undefined && planned >= MOST_FILES) result.left_out += 1;
    else {
      planned += 1;
      const file: LongFile = { path, text, units, softCap, texts: files };
      const moves = units.length === 0 ? [] : await (plan ?? partByRules)(file);
      const { texts: after } = carryOut(moves, files);
      files = after;
      result.operations.push(...moves);
      const rest = after.get(path) ?? '';
      if (estimateTokens(rest) > softCap) result.left.push(leftOf(path, [seenOf(rest), String(softCap)]));
    }
  }
  return result;
}

function leftOf(path: string, seen: string[]): Left {
  const reason = 'It is still longer than the soft cap, and nothing more was found to move.';
  return { paths: [path], seen, reason, confidence: null };
}

/** Under another cap the same file is another question. */
function isAbout({ paths, seen }: Left, path: string, now: readonly string[]): boolean {
  return paths[0] === path && now.every((mark, at) => seen[at] === mark);
}
