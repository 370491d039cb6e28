import { z } from 'zod';
import { cutEnd, cutText } from '../../platform/cut-text.ts';
import { answer, failure, tool } from '../tool.ts';
import { inDigits, listWorkspace, readContents, WORKSPACE_LIMITS, type WorkspaceFile } from '../workspace.ts';
import { FolderPath } from '../workspace-path.ts';
import { decodeText } from './text-encoding.ts';

const SHOWN_MATCHES = 200;
const SHOWN_LINE = 200;
/** Larger files are data or bundles. They often have a single long line, which is not useful as a match. */
const SEARCHED_FILE_BYTES = 1024 * 1024;
/** The bytes that are read from the object store at once. The search reads batches until it has enough matches. */
const BATCH_BYTES = 16 * 1024 * 1024;

export const searchFiles = tool({
  name: 'search_files',
  description:
    'Finds a text in the text files of the workspace or of one folder. The text is plain, not a pattern, and case is ignored. Returns lines as path:line number: text.',
  parameters: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(1_000)
      .regex(/^[^\r\n]*$/, 'must be one line'),
    path: FolderPath.optional(),
  }),
  safeToRepeat: true,
  execute: async ({ query, path = '' }, { database, runId, tenantId, signal }) => {
    const prefix = path === '' ? '' : `${path}/`;
    const files = await listWorkspace(database, runId, { prefix, limit: WORKSPACE_LIMITS.files });
    if (files.length === 0 && path !== '') return failure(`There is no folder ${path}.`);
    const searched = files.filter((file) => file.size <= SEARCHED_FILE_BYTES);
    const matches: string[] = [];
    for (const batch of batches(searched)) {
      signal.throwIfAborted();
      const contents = await readContents(tenantId, batch);
      for (const file of batch) addMatches(matches, file.path, contents.get(file.sha256), query.toLowerCase());
      if (matches.length > SHOWN_MATCHES) break;
    }
    return answer(describe(matches, files.length - searched.length), { facts: { matches: matches.length } });
  },
});

function* batches(files: readonly WorkspaceFile[]): Generator<WorkspaceFile[]> {
  let batch: WorkspaceFile[] = [];
  let bytes = 0;
  for (const file of files) {
    batch.push(file);
    bytes += file.size;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Adds a file's matching lines, at most one more than is shown. */
function addMatches(matches: string[], path: string, bytes: Buffer | undefined, wanted: string): void {
  const found = bytes === undefined ? undefined : decodeText(bytes);
  const text = found === undefined || 'unknown' in found ? undefined : found.text;
  // Most files have no match, and searching the whole text once is faster than searching each line.
  if (text === undefined || !text.toLowerCase().includes(wanted)) return;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (matches.length > SHOWN_MATCHES) return;
    const at = line.toLowerCase().indexOf(wanted);
    if (at >= 0) matches.push(`${path}:${index + 1}: ${around(line, at)}`);
  }
}

/** Returns the part of a long line that contains the match. */
function around(line: string, at: number): string {
  if (line.length <= SHOWN_LINE) return line;
  const start = Math.max(0, Math.min(at - SHOWN_LINE / 2, line.length - SHOWN_LINE));
  return `${start > 0 ? '…' : ''}${cutText(cutEnd(line, line.length - start), SHOWN_LINE)}${start + SHOWN_LINE < line.length ? '…' : ''}`;
}

function describe(matches: readonly string[], skipped: number): string {
  const lines = matches.length === 0 ? ['No matches.'] : matches.slice(0, SHOWN_MATCHES);
  if (matches.length > SHOWN_MATCHES)
    lines.push(`… and more. Only the first ${SHOWN_MATCHES} lines are shown. Give a folder or a longer text.`);
  if (skipped > 0) lines.push(`${inDigits(skipped)} files larger than 1 MiB were not searched.`);
  return lines.join('\n');
}
