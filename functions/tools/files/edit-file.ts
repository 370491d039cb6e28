import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import {
  changeFiles,
  describeWriteFault,
  findFile,
  inBytes,
  inDigits,
  readContent,
  storeContent,
  textOf,
} from '../workspace.ts';
import { WritablePath } from '../workspace-path.ts';

/**
 * Replaces a part of a file. If another worker changes the file meanwhile, the transaction fails, and the engine
 * repeats the call with the new text.
 */
export const editFile = tool({
  name: 'edit_file',
  description:
    'Replaces old_text by new_text in a text file. old_text must occur exactly once and match every character, including spaces and line breaks. With replace_all every occurrence is replaced.',
  parameters: z.strictObject({
    path: WritablePath,
    old_text: z.string().min(1).meta({ description: 'The text to replace, long enough to occur only once' }),
    new_text: z.string().meta({ description: 'The new text; empty to remove the old text' }),
    replace_all: z.boolean().default(false),
  }),
  safeToRepeat: true,
  execute: async ({ path, old_text, new_text, replace_all }, { database, runId, tenantId, worker }) => {
    const file = await findFile(database, runId, path);
    if (file === undefined) return failure(`There is no file ${path}. list_files shows the files.`);
    const text = textOf(await readContent(tenantId, file));
    if (text === undefined) return failure(`${path} is binary (${inBytes(file.size)}) and cannot be edited as text.`);
    const [from, to] = [old_text.toWellFormed(), new_text.toWellFormed()];
    const places = countPlaces(text, from);
    if (places === 0) return failure(describeMissing(path, text, from));
    if (places > 1 && !replace_all) {
      return failure(
        `old_text occurs ${inDigits(places)} times in ${path}. Give more of the text around it, or set replace_all.`,
      );
    }
    // Checks the size before the new text is made: replacing every letter of a long file could exhaust the memory.
    const after = file.size + places * (Buffer.byteLength(to) - Buffer.byteLength(from));
    const fault = await describeWriteFault(database, runId, path, { before: file.size, after });
    if (fault !== undefined) return failure(fault);
    // A function, because in a replacement string `$&` would mean the matched text.
    const bytes = Buffer.from(
      text.replaceAll(from, () => to),
      'utf8',
    );
    const { sha256, size } = await storeContent(tenantId, bytes);
    return answer(
      `Replaced ${places === 1 ? 'one place' : `${inDigits(places)} places`} in ${path}; the file now has ${inBytes(size)}`,
      {
        statements: changeFiles({
          runId,
          updatedBy: worker,
          upserts: [{ path, sha256, size, mode: file.mode }],
          bases: [{ path, sha256: file.sha256 }],
        }),
        facts: { path, size },
      },
    );
  },
});

/** Counts the occurrences that would be replaced. Occurrences do not overlap. */
function countPlaces(text: string, wanted: string): number {
  let places = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places += 1;
  return places;
}

/**
 * Describes why the text was not found. The most common reason, other line breaks, is not visible in what read_file
 * shows.
 */
function describeMissing(path: string, text: string, oldText: string): string {
  const isLineEnds = text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(oldText);
  if (isLineEnds)
    return `old_text occurs in ${path} only with other line breaks: the lines of the file end in \\r\\n. Replace one line at a time, or write the whole file.`;
  return `old_text is not in ${path}. Read the file and give the text exactly.`;
}
