import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { parseEntity } from '../files/entity-file.ts';
import { RELATED } from '../files/links.ts';
import { PROFILE } from '../files/ontology.ts';
import { applyOperations, type Texts } from './apply-operations.ts';
import type { Move } from './operation.ts';

/** The blocks of one heading. They stay together, because their ids are numbered. */
export interface Unit {
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
  if (bad !== undefined) return `the block "${bad.slice(0, 100)}" cannot be moved, or is already moved`;
  const torn = move.blocks.flatMap((id) => free.get(id)?.ids ?? []).find((id) => !move.blocks.includes(id));
  if (torn !== undefined) return `the blocks of one heading stay together: "${torn}" is missing`;
  const { texts, faults } = applyOperations([...good, move], file.texts);
  if (faults[0] !== undefined) return faults[0].why;
  const length = estimateTokens(texts.get(move.into) ?? '');
  return length > file.softCap ? `${move.into} would have ${length} tokens, more than ${file.softCap}` : undefined;
}
