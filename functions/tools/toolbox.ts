import { calculator } from './calculation/calculator.ts';
import { currentTime } from './calculation/current-time.ts';
import { runCode } from './code/run-code.ts';
import { runCommand } from './commands/run-command.ts';
import { deleteFile } from './files/delete-file.ts';
import { editFile } from './files/edit-file.ts';
import { listFiles } from './files/list-files.ts';
import { readFile } from './files/read-file.ts';
import { searchFiles } from './files/search-files.ts';
import { writeFile } from './files/write-file.ts';
import type { Tool } from './tool.ts';

/** The tools that work on the files of a run, in the order that a model sees them. */
export const WORKSPACE_TOOLS: readonly Tool[] = [
  listFiles,
  readFile,
  searchFiles,
  writeFile,
  editFile,
  deleteFile,
  runCommand,
];

/**
 * All tools of this domain that need nothing but their context. To add one, add its file and a line here. A tool that
 * needs more, as web_search needs the database, gets its line in functions/runs/toolbox.ts.
 */
export const SHARED_TOOLS: readonly Tool[] = [...WORKSPACE_TOOLS, runCode, calculator, currentTime];
