import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import { changeFiles, describeWriteFault, findFile, inBytes, storeContent } from '../workspace.ts';
import { WritablePath } from '../workspace-path.ts';

/** Writes a whole file. The last writer wins, because the model replaces the whole file, whatever it contained. */
export const writeFile = tool({
  name: 'write_file',
  description:
    'Writes a text file of the workspace and replaces an existing one. Folders are created automatically. To change a part of a file use edit_file.',
  parameters: z.strictObject({
    path: WritablePath,
    content: z.string().meta({ description: 'The whole text of the file' }),
  }),
  safeToRepeat: true,
  execute: async ({ path, content }, { database, runId, tenantId, worker }) => {
    const bytes = Buffer.from(content.toWellFormed(), 'utf8');
    const before = await findFile(database, runId, path);
    const fault = await describeWriteFault(database, runId, path, { before: before?.size, after: bytes.length });
    if (fault !== undefined) return failure(fault);
    const { sha256, size } = await storeContent(tenantId, bytes);
    const upsert = { path, sha256, size, mode: before?.mode ?? 'regular' };
    return answer(`Wrote ${inBytes(size)} to ${path}`, {
      statements: changeFiles({ runId, updatedBy: worker, upserts: [upsert] }),
      facts: { path, size },
    });
  },
});
