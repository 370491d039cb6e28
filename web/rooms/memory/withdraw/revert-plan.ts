import type { BlockChange } from '../entity/blocks.ts';

/** What a revert does, sorted for reading: what leaves, what comes back, and what else is touched. Pure. */

export interface RevertAnswer {
  removed: { id: string; text: string; derived_from: string | null }[];
  restored: string[];
  weakened: string[];
  entities: {
    commit_id: string | null;
    changes: { path: string; kind: 'created' | 'changed' | 'removed'; blocks: BlockChange[] }[];
    withdrawn: {
      commit_id: string | null;
      session_id: string | null;
      path: string;
      block: string | null;
      op: 'create' | 'append' | 'replace' | 'merge';
      why: 'text_gone' | 'says_what_is_gone' | 'run_was_influenced' | 'conflict';
    }[];
    dropped: string[];
    restaged: string[];
    of_others: { repositories: number; commits: number; changed_files: number; withdrawn: number };
  };
}

type Withdrawn = RevertAnswer['entities']['withdrawn'][number];

/** A changed block with the reason that it leaves: its own text, or a later change that rests on it. */
export interface LeavingBlock extends BlockChange {
  why: Withdrawn['why'] | undefined;
}

export interface RevertPlan {
  /** Facts that are deleted. */
  facts: { id: string; text: string; why: 'own' | 'influenced' }[];
  leaving: { path: string; blocks: LeavingBlock[] }[];
  returning: { path: string; blocks: BlockChange[] }[];
  /** Withdrawn changes whose block is in neither list, because it does not differ in the end. */
  later: Withdrawn[];
  /** For the button: facts and blocks that change, and the files of the blocks. */
  changes: number;
  files: number;
  isEmpty: boolean;
}

export function planOf({ removed, restored, weakened, entities }: RevertAnswer): RevertPlan {
  const whyOf = new Map(entities.withdrawn.map((change) => [`${change.path}#${change.block ?? ''}`, change.why]));
  // A file that comes or goes as a whole has a head; only its blocks say something.
  const changed = entities.changes.map(({ path, kind, blocks }) => ({
    path,
    blocks: kind === 'changed' ? blocks : blocks.filter(({ block }) => block !== ''),
  }));
  const leaving = changed
    .map(({ path, blocks }) => ({
      path,
      blocks: blocks
        .filter(({ kind }) => kind !== 'added')
        .map((block) => ({ ...block, why: whyOf.get(`${path}#${block.block}`) })),
    }))
    .filter(({ blocks }) => blocks.length > 0);
  const returning = changed
    .map(({ path, blocks }) => ({ path, blocks: blocks.filter(({ kind }) => kind === 'added') }))
    .filter(({ blocks }) => blocks.length > 0);
  const shown = new Set(changed.flatMap(({ path, blocks }) => blocks.map(({ block }) => `${path}#${block}`)));
  const blockCount = changed.reduce((sum, { blocks }) => sum + blocks.length, 0);
  const others = entities.of_others;
  const changes = removed.length + restored.length + blockCount;
  return {
    facts: removed.map(({ id, text, derived_from: from }) => ({ id, text, why: from === null ? 'own' : 'influenced' })),
    leaving,
    returning,
    later: entities.withdrawn.filter(({ path, block }) => !shown.has(`${path}#${block ?? ''}`)),
    changes,
    files: entities.changes.length,
    isEmpty: changes + weakened.length + others.changed_files === 0,
  };
}
