import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../environment.ts';
import { makeTemporaryFolder, sweepTemporaryFolders } from '../process/temporary-folder.ts';
import type { SecretText } from '../secrets/secret-text.ts';
import type { Remote } from './remote.ts';
import { GIT_LIMITS, type GitCall, type GitLimits, type GitResult, runGit } from './run-git.ts';

/**
 * A temporary bare repository; disposing it removes its folder. Nothing is ever checked out, so a remote's symlinks,
 * `.GIT` folders, submodules, filters and LFS pointers are only bytes that no program follows. Hooks, settings and
 * attributes come only from the text in this file.
 */
export interface BareRepository extends AsyncDisposable {
  /** The folder of the repository. Its folder `home` may contain our own files: git does not look for objects there. */
  folder: string;
  limits: GitLimits;
  /**
   * Sets whether a fetch may omit file contents (partial clone). It must be off for a push: otherwise git requests
   * contents from the remote only to compute smaller deltas.
   */
  setPartial(isPartial: boolean): Promise<void>;
  git(parameters: readonly string[], call?: Partial<Pick<GitCall, 'network' | 'input' | 'limits'>>): Promise<GitResult>;
}

export interface BareRepositoryOptions {
  credential: SecretText;
  signal: AbortSignal;
  limits?: GitLimits;
}

/** Creates an empty bare repository for one remote, and removes the folders that crashed processes left. */
export async function openBareRepository(remote: Remote, options: BareRepositoryOptions): Promise<BareRepository> {
  const { credential, signal, limits = GIT_LIMITS } = options;
  await sweepTemporaryFolders(tmpdir());
  const temporary = await makeTemporaryFolder(tmpdir());
  const folder = join(temporary.path, 'repository.git');
  for (const part of ['objects/pack', 'refs', 'home'])
    await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  const setPartial = (isPartial: boolean) =>
    writeFile(join(folder, 'config'), settingsFor(remote, { isPartial, home: join(folder, 'home') }), { mode: 0o600 });
  await setPartial(false);
  return {
    folder,
    limits,
    setPartial,
    git: (parameters, call = {}) =>
      runGit(parameters, {
        folder,
        signal,
        limits: call.limits ?? limits,
        ...(call.input ? { input: call.input } : {}),
        ...(call.network ? { network: true, credential } : {}),
      }),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

/** The credential helper: prints the contents of pipe 3 for `get`, and nothing for `store` and `erase`. */
const HELPER = '!f() { if [ \\"$1\\" = get ]; then cat <&3; fi; }; f';

const PARTIAL = `[extensions]
  partialClone = origin
[remote "origin"]
  promisor = true
  partialCloneFilter = blob:none
`;

function settingsFor(remote: Remote, { isPartial, home }: { isPartial: boolean; home: string }): string {
  return `[core]
  repositoryFormatVersion = 1
  bare = true
  hooksPath = /dev/null
  attributesFile = /dev/null
  excludesFile = /dev/null
  fsmonitor = false
  symlinks = false
  fsync = none
  protectHFS = true
  protectNTFS = true
  bigFileThreshold = 8m
  packedGitWindowSize = 32m
  packedGitLimit = 128m
  deltaBaseCacheLimit = 32m
${isPartial ? PARTIAL : ''}[remote "origin"]
  url = ${remote.url}
[protocol]
  allow = never
[protocol "https"]
  allow = always
[credential]
  helper =
  helper = "${HELPER}"
[http]
  followRedirects = false
  sslVerify = true
  proxy =
  lowSpeedLimit = 1000
  lowSpeedTime = 30
${environment.GIT_CA_FILE ? trustOnly(environment.GIT_CA_FILE, home) : ''}[fetch]
  recurseSubmodules = false
  unpackLimit = 1
  writeCommitGraph = false
[push]
  recurseSubmodules = no
  followTags = false
  gpgSign = false
[pack]
  threads = 1
  windowMemory = 64m
  deltaCacheSize = 16m
[submodule]
  recurse = false
[transfer]
  bundleURI = false
[gc]
  auto = 0
[maintenance]
  auto = false
`;
}

/**
 * Returns settings that trust only the certificate authority of this installation. Without the empty folder, git on
 * Debian also trusts `/etc/ssl/certs` and reads its 432 files, which takes 50 ms of CPU for each network call.
 */
function trustOnly(authorityFile: string, emptyFolder: string): string {
  return `  sslCAInfo = ${JSON.stringify(authorityFile)}\n  sslCAPath = ${JSON.stringify(emptyFolder)}\n`;
}
