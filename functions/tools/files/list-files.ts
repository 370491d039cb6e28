import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import { findFile, inBytes, inDigits, listWorkspace, WORKSPACE_LIMITS } from '../workspace.ts';
import { FolderPath } from '../workspace-path.ts';

const SHOWN_FILES = 500;

export const listFiles = tool({
  name: 'list_files',
  description:
    'Lists the files of the workspace, or of one folder and its subfolders. Each line has the path, the size and the last writer.',
  parameters: z.strictObject({ path: FolderPath.optional() }),
  safeToRepeat: true,
  execute: async ({ path = '' }, { database, runId }) => {
    const prefix = path === '' ? '' : `${path}/`;
    const files = await listWorkspace(database, runId, { prefix, limit: WORKSPACE_LIMITS.files });
    if (files.length === 0)
      return describeNothing(path, path === '' ? undefined : await findFile(database, runId, path));
    const lines = files.slice(0, SHOWN_FILES).map((file) => `${file.path} (${inBytes(file.size)}, ${file.updated_by})`);
    if (files.length > SHOWN_FILES)
      lines.push(`… and ${inDigits(files.length - SHOWN_FILES)} more files; name a folder to see them.`);
    return answer(lines.join('\n'), { facts: { files: files.length } });
  },
});

function describeNothing(path: string, file: { size: number } | undefined) {
  if (path === '') return answer('The workspace has no files yet.', { facts: { files: 0 } });
  if (file !== undefined) return answer(`${path} is a file of ${inBytes(file.size)}.`, { facts: { files: 1 } });
  return failure(`There is no folder ${path}.`);
}
