import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import {
  changeFiles,
  describeSizeFault,
  describeWriteFault,
  findFile,
  inBytes,
  inDigits,
  readContent,
  storeContent,
  WORKSPACE_LIMITS,
} from '../workspace.ts';
import { WritablePath } from '../workspace-path.ts';
import { findPlaces, replacePlaces } from './replace-text.ts';
import { decodeText, describeUnknown, type Encoding, encodeText, missingIn } from './text-encoding.ts';

/**
 * Replaces a part of a file. If another worker changes the file meanwhile, the transaction fails, and the engine
 * repeats the call with the new text.
 */
export const editFile = tool({
  name: 'edit_file',
  description:
    'Replaces old_text by new_text in a text file. old_text must occur exactly once and match every character, including spaces. Line breaks match whatever the file has (\\n or \\r\\n), and the file keeps its own, like its encoding. With replace_all every occurrence is replaced.',
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
    const found = decodeText(await readContent(tenantId, file));
    if ('unknown' in found) return failure(describeUnknown(path, file, found.unknown));
    const [from, to] = [withoutBom(old_text), withoutBom(new_text)];
    if (from === '') return failure('old_text is empty.');
    const { text, encoding } = found;
    const places = countPlaces(text, from);
    if (places === 0) return failure(`old_text is not in ${path}. Read the file and give the text exactly.`);
    if (places > 1 && !replace_all) {
      return failure(
        `old_text occurs ${inDigits(places)} times in ${path}. Give more of the text around it, or set replace_all.`,
      );
    }
    const missing = missingIn(to, encoding);
    if (missing !== undefined)
      return failure(
        `${path} is ${encoding}, which has no character ${JSON.stringify(missing)}. Use another one, or write the whole file with write_file, which makes it UTF-8.`,
      );
    // Checks the size before the new text is made: replacing every letter of a long file could exhaust the memory.
    const expected = file.size + places * (Buffer.byteLength(to) - Buffer.byteLength(from));
    if (expected > WORKSPACE_LIMITS.fileBytes) return failure(describeSizeFault(path, expected));
    const changed = replacePlaces(text, findPlaces(text, from), to);
    if (changed === text) return failure(describeUnchanged(path));
    const bytes = encodeText(changed, found) ?? Buffer.alloc(0);
    const fault = await describeWriteFault(database, runId, path, { before: file.size, after: bytes.length });
    if (fault !== undefined) return failure(fault);
    const { sha256, size } = await storeContent(tenantId, bytes);
    const where = places === 1 ? 'one place' : `${inDigits(places)} places`;
    return answer(`Replaced ${where} in ${path}; the file now has ${inBytes(size)}${nameEncoding(encoding)}`, {
      statements: changeFiles({
        runId,
        updatedBy: worker,
        upserts: [{ path, sha256, size, mode: file.mode }],
        bases: [{ path, sha256: file.sha256 }],
      }),
      facts: { path, size },
    });
  },
});

/** A BOM is no part of a text: read_file does not show it, and an edit keeps it. */
const withoutBom = (text: string): string => text.toWellFormed().replace(/^\ufeff/, '');

const nameEncoding = (encoding: Encoding): string => (encoding === 'UTF-8' ? '' : ` and is ${encoding} as before`);

/** Counts the occurrences that would be replaced. Occurrences do not overlap. */
function countPlaces(text: string, wanted: string): number {
  let places = 0;
  for (const _ of findPlaces(text, wanted)) places += 1;
  return places;
}

function describeUnchanged(path: string): string {
  return `new_text is the same as old_text, so ${path} is unchanged. Line breaks are those of the file; to change them write the whole file.`;
}
