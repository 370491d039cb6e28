import { runCommand } from './commands/run-command.ts';
import { deleteFile } from './files/delete-file.ts';
import { editFile } from './files/edit-file.ts';
import { listFiles } from './files/list-files.ts';
import { readFile } from './files/read-file.ts';
import { searchFiles } from './files/search-files.ts';
import { writeFile } from './files/write-file.ts';
import type { Tool } from './tool.ts';

/** The tools over a run's files, in the order that a model sees them. */
export const WORKSPACE_TOOLS: readonly Tool[] = [
  listFiles,
  readFile,
  searchFiles,
  writeFile,
  editFile,
  deleteFile,
  runCommand,
];
