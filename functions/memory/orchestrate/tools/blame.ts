import { z } from 'zod';
import { findCommit, listBlocks, listHistory } from '../../../entities/branch/read-branch.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { idSchema } from '../../../platform/id.ts';
import { findMemory } from '../../sql/memory.ts';
import { type EvidenceRow, listEvidence, listSourceTurns } from '../../sql/memory-blame.ts';
import { blockItem, commitItem, factItem, turnItem } from '../page-items.ts';
import { listNames, type Page, type ReadScope, readTool, type ToolError } from '../read-tool.ts';
import type { PageItem } from '../shown-sources.ts';

const MOST_LINES = 30;
const MOST_TURNS = 5;

/**
 * Tells where a fact or a block of a file comes from: what each source did to it, and the session and commit that wrote
 * it.
 */
export const blame = readTool({
  name: 'blame',
  description:
    'Tells where something comes from: of a fact what each source did to it and the turns it was read in, of a block the commit and session that its words came with.',
  kinds: ['fact', 'block'],
  parameters: {
    fact: idSchema('mem').optional().meta({ description: 'The id of a fact' }),
    path: EntityPath.optional(),
    block: z.string().min(1).max(200).optional().meta({ description: 'The id of a block in the file of path' }),
  },
  read: async ({ fact, path, block }, scope) => {
    if (fact !== undefined && path === undefined) return blameFact(scope, fact);
    if (fact === undefined && path !== undefined && block !== undefined) return blameBlock(scope, path, block);
    return { error: 'Name either a fact, or a path with a block.' };
  },
});

async function blameFact({ queryable, kinds, asOf }: ReadScope, id: string): Promise<Page | ToolError> {
  const fact = kinds.includes('fact') ? await findMemory(queryable, id, asOf) : undefined;
  if (fact === undefined) return { error: 'There is no such fact.' };
  const evidence = (await listEvidence(queryable, id, MOST_LINES)).filter((line) => wasRecordedBy(line, asOf));
  const turns = kinds.includes('turn') ? await listSourceTurns(queryable, id, MOST_TURNS) : [];
  const said = turns.filter(({ said_at: at }) => asOf === undefined || Date.parse(at) <= Date.parse(asOf));
  return {
    items: [factItem(fact), ...evidence.map(evidenceItem), ...said.map((turn) => turnItem({ ...turn, caption: null }))],
    empty: '',
  };
}

/**
 * Returns whether a line of evidence was known at the time of the search. The insertion is known with the fact itself.
 */
function wasRecordedBy({ action, recorded_at: at }: EvidenceRow, asOf: string | undefined): boolean {
  return asOf === undefined || action === 'inserted' || Date.parse(at) <= Date.parse(asOf);
}

/** Renders a line of evidence. It has no source and cannot be cited, because its reason is written by a model. */
function evidenceItem(line: EvidenceRow): PageItem {
  const { action, author, source_kind: kind, source_id: id, other_id: other, reason, recorded_at: at } = line;
  return {
    tag: 'evidence',
    text: reason ?? '',
    attributes: {
      action,
      by: author,
      from: kind,
      ...(id === null ? {} : { session: id }),
      ...(other === null ? {} : { other_fact: other }),
      at,
    },
  };
}

async function blameBlock(
  { queryable, kinds, head }: ReadScope,
  path: string,
  block: string,
): Promise<Page | ToolError> {
  if (!kinds.includes('block') || head === undefined) return { error: `There is no file ${path}.` };
  const rows = await listBlocks(queryable, { paths: [path], asOf: head.committed_at });
  const row = rows.find((candidate) => candidate.block === block);
  if (row === undefined) {
    return { error: `${path} has no block ${block}. It has: ${listNames(rows.map(({ block: id }) => id))}.` };
  }
  const { commit_id: commitId, valid_from: since, text } = row;
  const commit = await findCommit(queryable, { id: commitId });
  const [change] = commit ? await listHistory(queryable, { path, below: commit.position + 1, limit: 1 }) : [];
  const items = [blockItem({ path, block, text, commitId, since })];
  if (change !== undefined) {
    const { committed_at: committedAt, session_id: sessionId, message, position } = change;
    const attributes = { number: String(position) };
    items.push(commitItem({ path, commitId, committedAt, sessionId, text: message, attributes }));
  }
  return { items, empty: '' };
}
