import { z } from 'zod';
import { describePathFault } from './sandbox/tree-path.ts';

/**
 * Paths of a run's files. They are relative with `/` between segments. A path must not lead to another place or be
 * displayed as another name.
 */

/**
 * Control characters (C0, DEL, C1) are invisible in a list, and terminals obey them. Characters that change the
 * direction of text, and invisible ones, display a name as another (`a\u202Etxt.exe` as `aexe.txt`). Some programs that
 * unpack our ZIP files take a backslash for a separator.
 */
const REFUSED_CHARACTERS = /[\p{Cc}\\\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** On Windows such a path leads to another drive, wherever a ZIP file is unpacked. */
const DRIVE = /^[A-Za-z]:/;

/** Returns what is wrong with the path, or undefined when a file may have it. */
export function describeNameFault(path: string): string | undefined {
  if (REFUSED_CHARACTERS.test(path)) return 'path contains a control character, an invisible one or a backslash';
  if (DRIVE.test(path)) return 'path begins with a drive';
  return describePathFault(path);
}

/**
 * Tells whether a path is inside a `.git` folder. Git runs programs from there (hooks, filters), so only git itself may
 * write there, inside the sandbox. Compares without case, because some file systems ignore it.
 */
export function isInsideGit(path: string): boolean {
  return path.split('/').some((segment) => segment.toLowerCase() === '.git');
}

/** The path of a file that a run may have. */
export const WorkspacePath = pathSchema(
  describeNameFault,
  'Path of the file, relative to the workspace, such as backend/server.js',
);

/** The path of a file that a tool may write or delete. */
export const WritablePath = pathSchema(
  (path) =>
    describeNameFault(path) ??
    (isInsideGit(path) ? 'path is inside .git, which only git itself may change (run_command)' : undefined),
  'Path of the file, relative to the workspace, such as backend/server.js; not inside .git',
);

/** The path of a folder. `.` and the empty string mean the root and are parsed to the empty string. */
export const FolderPath = z
  .string()
  .max(2_000)
  .transform((text) => text.replace(/^\.(?:\/|$)/, '').replace(/\/$/, ''))
  .refine(
    (path) => path === '' || describeNameFault(path) === undefined,
    'path must be a relative folder such as backend/routes',
  )
  .meta({
    description: 'Folder, relative to the workspace, such as backend/routes. The default is the whole workspace.',
  });

function pathSchema(describeFault: (path: string) => string | undefined, description: string) {
  return z
    .string()
    .min(1)
    .max(1024)
    .superRefine((path, context) => {
      const fault = describeFault(path);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ description });
}
