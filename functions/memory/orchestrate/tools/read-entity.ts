import { z } from 'zod';
import { type HeadRow, listBlocks, openCommit, textsAt } from '../../../entities/branch/read-branch.ts';
import { parseEntity } from '../../../entities/files/entity-file.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { estimateTokens } from '../../../platform/models/estimate-tokens.ts';
import { pieceOfBlock } from '../pieces.ts';
import { type Desk, Moment, momentOf, named, readTool } from '../read-tool.ts';
import type { Piece } from '../reading.ts';

/** A longer block is shown in several pieces, so that a page ends between lines and not within a block's words. */
const LONGEST_PIECE = 1000;
const LAST_LINE = 1_000_000;
const Line = z.int().min(1).max(LAST_LINE);

/** An entity's file, whole, a block or some lines of it, as it stands or stood, with the commit that each block came with. */
export const readEntity = readTool({
  name: 'read_entity',
  description: 'Reads the file of an entity: all of it, one block, or a range of lines; now or as it was at a time.',
  kinds: ['block'],
  parameters: {
    path: EntityPath,
    block: z.string().max(200).optional().meta({ description: 'The id of a block, as list_entities names it' }),
    from_line: Line.optional(),
    to_line: Line.optional(),
    as_of: Moment.optional(),
  },
  read: async (parameters, desk) => {
    const { path, block, from_line: from = 1, to_line: to = LAST_LINE, as_of: asked } = parameters;
    const head = asked === undefined ? desk.head : await openCommit(desk.scoped, momentOf(asked, desk));
    const text = (await textsAt(desk.scoped, head?.tree_id, [path])).get(path);
    if (head === undefined || text === undefined)
      return { fault: `There is no file ${path}. list_entities says which there are.` };
    const parts = await partsOf(desk, { path, text, head });
    if (block !== undefined && !parts.some((part) => part.block === block)) {
      const names = parts.flatMap((part) => (part.block === '' ? [] : [part.block]));
      return { fault: `${path} has no block ${block}. It has: ${named(names)}.` };
    }
    const wanted = parts.filter((part) => block === undefined || part.block === block);
    const pieces = wanted.flatMap((part) => piecesOf(part, { path, from, to }));
    return {
      pieces: pieces.map(({ piece }) => piece),
      next: (shown) => {
        const line = pieces[shown]?.firstLine;
        return line === undefined ? undefined : { ...parameters, from_line: line };
      },
      empty: 'There are no such lines.',
    };
  },
});

interface Part {
  block: string;
  firstLine: number;
  lines: string[];
  commitId: string;
  since: string;
}

async function partsOf({ scoped }: Desk, file: { path: string; text: string; head: HeadRow }): Promise<Part[]> {
  const { path, text, head } = file;
  const rows = await listBlocks(scoped, { paths: [path], asOf: head.committed_at });
  const came = new Map(rows.map((row) => [row.block, row]));
  const { preamble, blocks } = parseEntity(text);
  let firstLine = 1;
  return [{ id: '', raw: preamble }, ...blocks].map(({ id, raw }) => {
    const { commit_id: commitId = head.id, valid_from: since = head.committed_at } = came.get(id) ?? {};
    const lines = raw.replace(/\n$/, '').split('\n');
    const part = { block: id, firstLine, lines, commitId, since };
    firstLine += raw.split('\n').length - 1;
    return part;
  });
}

/** The lines of a part that are asked for, in pieces of a size; none of a part without words. */
function piecesOf(
  { block, firstLine, lines, commitId, since }: Part,
  { path, from, to }: { path: string; from: number; to: number },
): { piece: Piece; firstLine: number }[] {
  const pieces: { piece: Piece; firstLine: number }[] = [];
  const end = Math.min(lines.length, to - firstLine + 1);
  let start = Math.max(0, from - firstLine);
  while (start < end) {
    let next = start + 1;
    while (next < end && estimateTokens(lines.slice(start, next + 1).join('\n')) <= LONGEST_PIECE) next += 1;
    const text = lines.slice(start, next).join('\n').trim();
    const range = `${firstLine + start}-${firstLine + next - 1}`;
    const piece = pieceOfBlock({ path, block, text, commitId, since, lines: range });
    if (text !== '') pieces.push({ piece, firstLine: firstLine + start });
    start = next;
  }
  return pieces;
}
