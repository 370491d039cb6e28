import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { answer, failure, tool } from '../tool.ts';
import { findFile, inDigits, readContent } from '../workspace.ts';
import { WorkspacePath } from '../workspace-path.ts';
import { decodeText, describeUnknown } from './text-encoding.ts';

/**
 * The most characters that one call shows. It is below the limit of a call's output, so that the text ends at a line
 * break.
 */
const SHOWN_CHARACTERS = 50_000;

export const readFile = tool({
  name: 'read_file',
  description:
    'Reads a text file of the workspace, or some of its lines. A long file is shown in parts: the result says which lines it shows and where to continue.',
  parameters: z.strictObject({
    path: WorkspacePath,
    start_line: z.int().min(1).default(1).meta({ description: 'The first line to show, counted from 1' }),
    line_count: z.int().min(1).max(100_000).optional().meta({ description: 'How many lines to show' }),
  }),
  safeToRepeat: true,
  execute: async ({ path, start_line, line_count }, { database, runId, tenantId }) => {
    const file = await findFile(database, runId, path);
    if (file === undefined) return failure(`There is no file ${path}. list_files shows the files.`);
    const found = decodeText(await readContent(tenantId, file));
    if ('unknown' in found) return failure(describeUnknown(path, file, found.unknown));
    const { text, encoding } = found;
    const facts = { path, size: file.size };
    if (text === '') return answer(`${path} is empty.`, { facts });
    const notice = encoding === 'UTF-8' ? '' : `${path} is ${encoding}; edit_file keeps that.\n`;
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (start_line > lines.length) return failure(`${path} has only ${inDigits(lines.length)} lines.`, facts);
    return answer(notice + showLines(path, lines, start_line, line_count ?? lines.length), { facts });
  },
});

function showLines(path: string, lines: readonly string[], first: number, count: number): string {
  const wanted = lines.slice(first - 1, first - 1 + count);
  let characters = 0;
  let shown = 0;
  while (shown < wanted.length) {
    characters += (wanted[shown]?.length ?? 0) + 1;
    if (characters > SHOWN_CHARACTERS && shown > 0) break;
    shown += 1;
  }
  const text = cutLongLine(wanted.slice(0, shown).join('\n'));
  if (shown === lines.length) return text;
  const last = first + shown - 1;
  const next = last < lines.length ? `; continue with start_line ${last + 1}` : '';
  return `Lines ${inDigits(first)} to ${inDigits(last)} of ${inDigits(lines.length)} of ${path}${next}:\n${text}`;
}

/** Shortens a single line that is longer than the limit. */
function cutLongLine(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${cutText(text, SHOWN_CHARACTERS)}\n[… the line continues for ${inDigits(text.length - SHOWN_CHARACTERS)} characters]`;
}
