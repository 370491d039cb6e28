import { z } from 'zod';
import { isLikeGit, nameFault } from '../platform/portable-path.ts';
import { WORKSPACE } from './sandbox/command-environment.ts';
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

/** Only Windows refuses them, and they are common in titles. Tools that unpack a ZIP file replace them there. */
const TAKEN_CHARACTERS = '"?';

/**
 * Returns what is wrong with the path, or undefined when a file may have it. Names inside `.git` are git's own; they
 * never leave the run.
 */
export function describeNameFault(path: string): string | undefined {
  if (REFUSED_CHARACTERS.test(path)) return 'path contains a control character, an invisible one or a backslash';
  if (DRIVE.test(path)) return 'path begins with a drive';
  const fault = describePathFault(path);
  if (fault !== undefined) return fault;
  const segments = path.split('/');
  const git = segments.indexOf(GIT);
  for (const name of git < 0 ? segments : segments.slice(0, git)) {
    const wrong = nameFault(name, TAKEN_CHARACTERS);
    if (wrong !== undefined) return `path has ${wrong}: ${JSON.stringify(name)}`;
  }
  // A file with this name tells git where the repository is, and git runs programs that its settings name.
  return git === segments.length - 1 ? 'path has a name that git reserves: a file ".git"' : undefined;
}

const GIT = '.git';

/**
 * Tells whether a file system can take a part of a path for `.git`. Git runs programs from there (hooks, filters), so
 * only git itself may write there, inside the sandbox, and nothing of it leaves the run.
 */
export function isInsideGit(path: string): boolean {
  return path.split('/').some(isLikeGit);
}

/** The path of a file that a run may have. */
export const WorkspacePath = pathSchema(
  describeNameFault,
  'Path of the file, relative to the workspace, such as backend/server.js',
);

/** The path of a file that a tool may write or delete. */
export const WritablePath = pathSchema(
  (path) =>
    isInsideGit(path)
      ? 'path has a name that git reserves, which only git itself may change (run_command)'
      : describeNameFault(path),
  'Path of the file, relative to the workspace, such as backend/server.js; not inside .git',
);

/** The path of a folder. `.` and the empty string mean the root and are parsed to the empty string. */
export const FolderPath = z
  .string()
  .max(2_000)
  .transform((text) => relativePath(text).replace(/\/$/, ''))
  .refine(
    (path) => path === '' || describeNameFault(`${path}/file`) === undefined,
    'path must be a relative folder such as backend/routes',
  )
  .meta({
    description: 'Folder, relative to the workspace, such as backend/routes. The default is the whole workspace.',
  });

/**
 * Returns a path as models give it, relative to the workspace: commands see `/workspace/a`, and `./a` is the same file.
 * `..` stays and is refused, because a folder may be a link in a command and is none here. `workspace/a` stays, too: it
 * is a folder of that name.
 */
function relativePath(path: string): string {
  const inside = path === WORKSPACE ? '' : path.startsWith(`${WORKSPACE}/`) ? path.slice(WORKSPACE.length + 1) : path;
  const [first = '', ...others] = inside.split('/');
  const rest = others.filter((segment, index) => segment !== '.' && (segment !== '' || index === others.length - 1));
  return (first === '.' || (first === '' && inside !== path) ? rest : [first, ...rest]).join('/');
}

function pathSchema(describeFault: (path: string) => string | undefined, description: string) {
  return z
    .string()
    .min(1)
    .max(1024)
    .transform(relativePath)
    .superRefine((path, context) => {
      const fault = describeFault(path);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ description });
}
