import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import { changeFiles, findFile, listWorkspace } from '../workspace.ts';
import { WritablePath } from '../workspace-path.ts';

export const deleteFile = tool({
  name: 'delete_file',
  description: 'Deletes one file of the workspace. A folder disappears with its last file.',
  parameters: z.strictObject({ path: WritablePath }),
  safeToRepeat: true,
  execute: async ({ path }, { database, runId, worker }) => {
    if ((await findFile(database, runId, path)) === undefined) {
      const [inside] = await listWorkspace(database, runId, { prefix: `${path}/`, limit: 1 });
      if (inside === undefined) return failure(`There is no file ${path}.`);
      return failure(`${path} is a folder. Delete its files one by one, or the whole folder with run_command: rm -r.`);
    }
    return answer(`Deleted ${path}`, {
      statements: changeFiles({ runId, updatedBy: worker, deletes: [path] }),
      facts: { paths: [path] },
    });
  },
});
