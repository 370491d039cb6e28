import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { reachableProgram } from './reachable-program.ts';

/**
 * What the sandbox shows of this machine: /usr, the node that we run on, and nothing of the project or of a home folder.
 */
export interface HostPrograms {
  /** The node binary alone, because its folder may lie inside a checkout's node_modules. */
  node: string;
  /** npm's own folder when it is not under /usr. */
  npm: string | undefined;
  /** python3 and pip under /usr; `python` and `pip` get their names from us, many distributions have only `python3`. */
  python: string | undefined;
  pip: string | undefined;
  /** Folders of /usr that are the project, a home or state, and must be covered. */
  covered: string[];
}

const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin'];

/** @param stateFolders folders that must never be visible, whatever lies around them. */
export function findHostPrograms(stateFolders: readonly string[] = []): HostPrograms {
  const node = realpathSync(process.execPath);
  const npm = join(dirname(node), '..', 'lib', 'node_modules', 'npm');
  const project = resolve(import.meta.dirname, '..', '..', '..', '..');
  return {
    node: reachableProgram(node),
    npm: existsSync(join(npm, 'bin', 'npm-cli.js')) && !npm.startsWith('/usr/') ? npm : undefined,
    python: findProgram('python3'),
    pip: findProgram('pip3') ?? findProgram('pip'),
    covered: [project, homedir(), ...stateFolders].filter((path) => path.startsWith('/usr/') && existsSync(path)),
  };
}

function findProgram(name: string): string | undefined {
  return SYSTEM_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** `/bin` and the like are links into /usr on most systems, and folders of their own on the others. */
export function systemFolderArguments(): string[] {
  return ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap((name) => {
    const path = `/${name}`;
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ['--symlink', `usr/${name}`, path] : ['--ro-bind', path, path];
  });
}
