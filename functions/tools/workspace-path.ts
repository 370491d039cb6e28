import { z } from 'zod';
import { describePathFault } from './sandbox/tree-path.ts';

/**
 * Paths of a run's files: relative, `/` between segments, nothing that means another place or shows as another name.
 */

/**
 * C0, DEL and C1: invisible in a list, and terminals obey them. Marks that turn the direction of text, and others that show as nothing, let a name
 * show as another (`a\u202Etxt.exe` as `aexe.txt`). A backslash is a separator to some readers of our ZIP files.
 */
const REFUSED_CHARACTERS = /[\p{Cc}\\\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** To Windows such a path begins at another drive, wherever a ZIP file is unpacked. */
const DRIVE = /^[A-Za-z]:/;

/** @returns what is wrong with the path, or undefined when a file may be called so. */
export function describeNameFault(path: string): string | undefined {
  if (REFUSED_CHARACTERS.test(path)) return 'path contains a control character, an invisible one or a backslash';
  if (DRIVE.test(path)) return 'path begins with a drive';
  return describePathFault(path);
}

/** Git runs what lies in its folder (hooks, filters), so only git itself writes there, inside the sandbox. Some disks ignore case. */
export function isInsideGit(path: string): boolean {
  return path.split('/').some((segment) => segment.toLowerCase() === '.git');
}

/** A file that a run may have. */
export const WorkspacePath = pathSchema(
  describeNameFault,
  'Path of the file, relative to the workspace, such as backend/server.js',
);

/** A file that a tool may write or delete. */
export const WritablePath = pathSchema(
  (path) =>
    describeNameFault(path) ??
    (isInsideGit(path) ? 'path is inside .git, which only git itself may change (run_command)' : undefined),
  'Path of the file, relative to the workspace, such as backend/server.js; not inside .git',
);

/** A folder of the workspace; `.` and nothing at all are its root. Answers the empty text for the root. */
export const FolderPath = z
  .string()
  .max(2_000)
  .transform((text) => text.replace(/^\.(?:\/|$)/, '').replace(/\/$/, ''))
  .refine(
    (path) => path === '' || describeNameFault(path) === undefined,
    'path must be a relative folder such as backend/routes',
  )
  .meta({
    description: 'Folder, relative to the workspace, such as backend/routes; the whole workspace when left out',
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
