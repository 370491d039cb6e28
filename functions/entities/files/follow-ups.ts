import { z } from 'zod';
import { blockLines } from './block-lines.ts';
import { sectionsOf } from './entity-file.ts';
import { followUpStatus } from './status.ts';

/**
 * A task in a line of an entity file: `- **[status]** title — assignee [[path]], due YYYY-MM-DD`. Assignee and day are
 * optional; the assignee may be a name instead of a link.
 */
export const FollowUp = z.strictObject({
  path: z.string(),
  block: z.string(),
  status: z.enum(['open', 'in_progress', 'blocked']).nullable().meta({ description: 'Null for an unknown word' }),
  said: z.string().meta({ description: 'The status as it is written in the file' }),
  title: z.string(),
  assignee: z.string().nullable().meta({ description: 'The path of an entity, or a name' }),
  due: z.iso.date().nullable(),
});
export type FollowUp = z.infer<typeof FollowUp>;

const LINE = /^\s*[-*]\s+\*\*\[([^\][]{1,60})\]\*\*\s+(\S.*)$/;
const OPEN = FollowUp.shape.status;

/** Returns the open follow-ups of all files: by due day, those without a day last, then by path and line. */
export function followUpsIn(texts: ReadonlyMap<string, string>): FollowUp[] {
  const found = [...texts].flatMap(([path, text]) =>
    sectionsOf(text).flatMap((block) =>
      blockLines(block.text).flatMap(({ line, isCode }) => {
        const [, said, rest] = LINE.exec(line.trimEnd()) ?? [];
        if (isCode || said === undefined || rest === undefined) return [];
        const { status, isClosed } = followUpStatus(said);
        return isClosed
          ? []
          : [{ path, block: block.id, status: OPEN.parse(status ?? null), said, ...partsOf(rest.trim()) }];
      }),
    ),
  );
  // The sort is stable: follow-ups of the same day keep the order of files and lines.
  return found.sort((one, other) => (one.due ?? '9999').localeCompare(other.due ?? '9999'));
}

/**
 * Splits a line that ends with ", due 2026-05-01". It is read from its end: a pattern for the whole line would take
 * quadratic time for a long run of white space.
 */
function splitDue(line: string): { text: string; day: string } | undefined {
  const end = /(\d{4}-\d\d-\d\d)\.?$/.exec(line);
  const before = line.slice(0, end?.index ?? 0);
  const due = /\sdue:?$/i.exec(before.trimEnd());
  if (end?.[1] === undefined || due === null || !/\s$/.test(before)) return undefined;
  return { text: before.slice(0, due.index).trimEnd().replace(/[,;]$/, ''), day: end[1] };
}

function partsOf(line: string): Pick<FollowUp, 'title' | 'assignee' | 'due'> {
  const dated = splitDue(line);
  const due = z.iso.date().safeParse(dated?.day);
  const text = due.success && dated !== undefined ? dated.text : line;
  const at = text.lastIndexOf(' — ');
  if (at < 0) return { title: text, assignee: null, due: due.data ?? null };
  const who = text
    .slice(at + 3)
    .replace(/^assignee:?\s+/i, '')
    .trim();
  const link = /^\[\[([^\][|#]+)(?:[|#][^\][]*)?\]\]$/.exec(who)?.[1];
  return { title: text.slice(0, at).trim(), assignee: link ?? (who === '' ? null : who), due: due.data ?? null };
}
