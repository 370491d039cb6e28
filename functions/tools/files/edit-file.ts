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
 * Replaces a part of a file. When another worker changes the file in between, the transaction is refused and the edit
 * is made anew from the new text.
 */
export const editFile = tool({
  name: 'edit_file',
  description:
    'Replaces old_text by new_text in a text file. old_text must stand in the file exactly once, to the letter with its spaces and line breaks; with replace_all every place is replaced.',
  parameters: z.strictObject({
    path: WritablePath,
    old_text: z
      .string()
      .min(1)
      .meta({ description: 'The text to replace, with enough around it to be there only once' }),
    new_text: z.string().meta({ description: 'What to put in its place; empty to remove it' }),
    replace_all: z.boolean().default(false),
  }),
  safeToRepeat: true,
  execute: async ({ path, old_text, new_text, replace_all }, { database, runId, tenantId, worker }) => {
    const file = await findFile(database, runId, path);
    if (file === undefined) return failure(`There is no file ${path}. list_files shows what is there.`);
    const text = textOf(await readContent(tenantId, file));
    if (text === undefined) return failure(`${path} is binary (${inBytes(file.size)}) and cannot be edited as text.`);
    const [from, to] = [old_text.toWellFormed(), new_text.toWellFormed()];
    const places = countPlaces(text, from);
    if (places === 0) return failure(describeMissing(path, text, from));
    if (places > 1 && !replace_all) {
      return failure(
        `old_text is ${inDigits(places)} times in ${path}. Give more of the text around it, or set replace_all.`,
      );
    }
    // Known before the text is made: a short text in place of every letter of a long file is more than memory holds.
    const after = file.size + places * (Buffer.byteLength(to) - Buffer.byteLength(from));
    const fault = await describeWriteFault(database, runId, path, { before: file.size, after });
    if (fault !== undefined) return failure(fault);
    // A function, because in a replacement text `$&` would stand for what was found.
    const bytes = Buffer.from(
      text.replaceAll(from, () => to),
      'utf8',
    );
    const { sha256, size } = await storeContent(tenantId, bytes);
    return answer(
      `Replaced ${places === 1 ? 'one place' : `${inDigits(places)} places`} in ${path}; it has ${inBytes(size)} now`,
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

/** Places that do not overlap, as they would be replaced. */
function countPlaces(text: string, wanted: string): number {
  let places = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) places += 1;
  return places;
}

/** Line ends are the most common reason, and the one that cannot be seen in what read_file shows. */
function describeMissing(path: string, text: string, oldText: string): string {
  const isLineEnds = text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(oldText);
  if (isLineEnds)
    return `old_text is in ${path} only with other line ends: the file's lines end in \\r\\n. Give one line at a time, or write the file anew.`;
  return `old_text is not in ${path}. Read the file and give the text to the letter.`;
}
