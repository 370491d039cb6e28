import { z } from 'zod';
import { findCommit, listBlocks, listHistory } from '../../../entities/branch/read-branch.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { idSchema } from '../../../platform/id.ts';
import { type EvidenceRow, listEvidence, listSourceTurns } from '../../sql/memory-blame.ts';
import { findFact } from '../../sql/remembered.ts';
import { pieceOfBlock, pieceOfCommit, pieceOfFact, pieceOfTurn } from '../pieces.ts';
import { type Desk, type Fault, named, type Page, readTool } from '../read-tool.ts';
import type { Piece } from '../reading.ts';

const MOST_LINES = 30;
const MOST_TURNS = 5;

/** Where a fact or a block of a file comes from: what each source did to it, and the session and commit that it came with. */
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
  read: async ({ fact, path, block }, desk) => {
    if (fact !== undefined && path === undefined) return blameFact(desk, fact);
    if (fact === undefined && path !== undefined && block !== undefined) return blameBlock(desk, path, block);
    return { fault: 'Name either a fact, or a path with a block.' };
  },
});

async function blameFact({ scoped, kinds, asOf }: Desk, id: string): Promise<Page | Fault> {
  const fact = kinds.includes('fact') ? await findFact(scoped, id, asOf) : undefined;
  if (fact === undefined) return { fault: 'There is no such fact.' };
  const evidence = (await listEvidence(scoped, id, MOST_LINES)).filter((line) => wasKnown(line, asOf));
  const turns = kinds.includes('turn') ? await listSourceTurns(scoped, id, MOST_TURNS) : [];
  const said = turns.filter(({ said_at: at }) => asOf === undefined || Date.parse(at) <= Date.parse(asOf));
  return {
    pieces: [
      pieceOfFact(fact),
      ...evidence.map(pieceOfEvidence),
      ...said.map((turn) => pieceOfTurn({ ...turn, caption: null })),
    ],
    empty: '',
  };
}

/** That a fact came in is known with the fact; what was done to it later was not known before. */
function wasKnown({ action, recorded_at: at }: EvidenceRow, asOf: string | undefined): boolean {
  return asOf === undefined || action === 'inserted' || Date.parse(at) <= Date.parse(asOf);
}

/** It points at sources and cannot be cited itself: a reason is a model's own words. */
function pieceOfEvidence(line: EvidenceRow): Piece {
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

async function blameBlock({ scoped, kinds, head }: Desk, path: string, block: string): Promise<Page | Fault> {
  if (!kinds.includes('block') || head === undefined) return { fault: `There is no file ${path}.` };
  const rows = await listBlocks(scoped, { paths: [path], asOf: head.committed_at });
  const row = rows.find((candidate) => candidate.block === block);
  if (row === undefined) {
    return { fault: `${path} has no block ${block}. It has: ${named(rows.map(({ block: id }) => id))}.` };
  }
  const { commit_id: commitId, valid_from: since, text } = row;
  const commit = await findCommit(scoped, { id: commitId });
  const [change] = commit ? await listHistory(scoped, { path, below: commit.position + 1, limit: 1 }) : [];
  const pieces = [pieceOfBlock({ path, block, text, commitId, since })];
  if (change !== undefined) {
    const { committed_at: committedAt, session_id: sessionId, message, position } = change;
    const attributes = { number: String(position) };
    pieces.push(pieceOfCommit({ path, commitId, committedAt, sessionId, text: message, attributes }));
  }
  return { pieces, empty: '' };
}
