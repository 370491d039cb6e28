import { z } from 'zod';
import { type HeadRow, listBlocks, openCommit, textsAt } from '../../../entities/branch/read-branch.ts';
import { parseEntity } from '../../../entities/files/entity-file.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { estimateTokens } from '../../../platform/models/estimate-tokens.ts';
import { blockItem } from '../page-items.ts';
import { effectiveAsOf, listNames, Moment, type ReadScope, readTool } from '../read-tool.ts';
import type { PageItem } from '../shown-sources.ts';

/** A longer block is split into several items, so that a page ends between lines. */
const MOST_TOKENS_PER_ITEM = 1000;
const LAST_LINE = 1_000_000;
const Line = z.int().min(1).max(LAST_LINE);

/**
 * Reads the file of an entity, one block or some lines of it, now or as of a time, with the commit that wrote each
 * block.
 */
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
  read: async (parameters, scope) => {
    const { path, block, from_line: from = 1, to_line: to = LAST_LINE, as_of: asked } = parameters;
    const head = asked === undefined ? scope.head : await openCommit(scope.queryable, effectiveAsOf(asked, scope));
    const text = (await textsAt(scope.queryable, head?.tree_id, [path])).get(path);
    if (head === undefined || text === undefined)
      return { error: `There is no file ${path}. list_entities says which there are.` };
    const parts = await partsOf(scope, { path, text, head });
    if (block !== undefined && !parts.some((part) => part.block === block)) {
      const names = parts.flatMap((part) => (part.block === '' ? [] : [part.block]));
      return { error: `${path} has no block ${block}. It has: ${listNames(names)}.` };
    }
    const wanted = parts.filter((part) => block === undefined || part.block === block);
    const items = wanted.flatMap((part) => itemsOfPart(part, { path, from, to }));
    return {
      items: items.map(({ item }) => item),
      next: (shown) => {
        const line = items[shown]?.firstLine;
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

async function partsOf({ queryable }: ReadScope, file: { path: string; text: string; head: HeadRow }): Promise<Part[]> {
  const { path, text, head } = file;
  const rows = await listBlocks(queryable, { paths: [path], asOf: head.committed_at });
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

/** Returns the requested lines of a part as items of limited size. A part without words has none. */
function itemsOfPart(
  { block, firstLine, lines, commitId, since }: Part,
  { path, from, to }: { path: string; from: number; to: number },
): { item: PageItem; firstLine: number }[] {
  const items: { item: PageItem; firstLine: number }[] = [];
  const end = Math.min(lines.length, to - firstLine + 1);
  let start = Math.max(0, from - firstLine);
  while (start < end) {
    let next = start + 1;
    while (next < end && estimateTokens(lines.slice(start, next + 1).join('\n')) <= MOST_TOKENS_PER_ITEM) next += 1;
    const text = lines.slice(start, next).join('\n').trim();
    const range = `${firstLine + start}-${firstLine + next - 1}`;
    const item = blockItem({ path, block, text, commitId, since, lines: range });
    if (text !== '') items.push({ item, firstLine: firstLine + start });
    start = next;
  }
  return items;
}
