import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { reachableProgram } from './reachable-program.ts';

/**
 * The programs of this machine that the sandbox can see: /usr and our own node. The project and home folders are
 * hidden.
 */
export interface HostPrograms {
  /** Only the node binary, because its folder may be inside a checkout's node_modules. */
  node: string;
  /** npm's folder if it is not under /usr. */
  npm: string | undefined;
  /**
   * python3 and pip under /usr. The sandbox links them as `python` and `pip`, because many systems have only `python3`.
   */
  python: string | undefined;
  pip: string | undefined;
  /** Folders inside /usr that belong to the project, a home or our state and must be covered. */
  covered: string[];
}

const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/bin'];

/** @param stateFolders folders that must never be visible, even inside a visible folder */
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

/** `/bin`, `/lib` and others are links into /usr on most systems, and folders on other systems. */
export function systemFolderArguments(): string[] {
  return ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap((name) => {
    const path = `/${name}`;
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ['--symlink', `usr/${name}`, path] : ['--ro-bind', path, path];
  });
}
