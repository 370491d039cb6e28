import { calculator } from './calculation/calculator.ts';
import { currentTime } from './calculation/current-time.ts';
import { runCode } from './code/run-code.ts';
import { runCommand } from './commands/run-command.ts';
import { convertData } from './data/convert-data.ts';
import { formatJson } from './data/format-json.ts';
import { queryJson } from './data/query-json.ts';
import { addToDate } from './dates/add-to-date.ts';
import { convertTimeZone } from './dates/convert-time-zone.ts';
import { parseDate } from './dates/parse-date.ts';
import { subtractDates } from './dates/subtract-dates.ts';
import { deleteFile } from './files/delete-file.ts';
import { editFile } from './files/edit-file.ts';
import { listFiles } from './files/list-files.ts';
import { readFile } from './files/read-file.ts';
import { searchFiles } from './files/search-files.ts';
import { writeFile } from './files/write-file.ts';
import { createUuid } from './identifiers/create-uuid.ts';
import { encodeText } from './identifiers/encode-text.ts';
import { hashText } from './identifiers/hash-text.ts';
import { drawNumbers } from './random/draw-numbers.ts';
import { pickItems } from './random/pick-items.ts';
import { countWords } from './text/count-words.ts';
import { diffTexts } from './text/diff-texts.ts';
import { fillTemplate } from './text/fill-template.ts';
import { matchRegex } from './text/match-regex.ts';
import type { Tool } from './tool.ts';
import { convertUnits } from './units/convert-units.ts';

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

/** The tools of this domain that need nothing but their context, by what they are about. To add one, add a line. */
export const TOOL_FAMILIES = {
  files: WORKSPACE_TOOLS.filter((tool) => tool !== runCommand),
  programs: [runCommand, runCode],
  numbers: [calculator, convertUnits, drawNumbers],
  dates: [currentTime, parseDate, addToDate, subtractDates, convertTimeZone],
  text: [countWords, diffTexts, matchRegex, fillTemplate, pickItems],
  data: [queryJson, convertData, formatJson],
  identifiers: [hashText, encodeText, createUuid],
} as const satisfies Record<string, readonly Tool[]>;

/**
 * All of them. A tool that needs more, as web_search needs the database, gets its line in functions/runs/toolbox.ts.
 */
export const SHARED_TOOLS: readonly Tool[] = Object.values(TOOL_FAMILIES).flat();
