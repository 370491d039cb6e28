import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { resolveRevision } from '../../platform/git/resolve-revision.ts';
import { GIT_LIMITS } from '../../platform/git/run-git.ts';
import { splitAtNul } from '../../platform/git/split-at-nul.ts';
import { type CommitPlan, messageOf, type PlannedFile, signatureOf } from './commit-plan.ts';
import { type Change, changesOf, listPathsOfRun } from './own-commits.ts';

/** Reads the content of a file. */
export type ReadFile = (file: PlannedFile) => Promise<Uint8Array>;

export interface BuiltCommit {
  commit: string;
  /** The differences to the base. Empty when the base has the same files already. */
  changes: Change[];
}

const BUILT = 'refs/apexflow/built';
/** Raised, because all files of a run may be new. */
const LIMITS = { ...GIT_LIMITS, fileBytes: 512 * 1024 * 1024 };

/**
 * Writes the run's files as a commit on the base. Adds and changes files, removes files of earlier pushes that the run
 * no longer has, and leaves all other files of the repository. Uses `git fast-import`, so that no file of the workspace
 * is written to a disk, where git could take it for its configuration.
 */
export async function buildCommit(
  repository: BareRepository,
  base: string | undefined,
  plan: CommitPlan,
  read: ReadFile,
): Promise<BuiltCommit> {
  const before = base === undefined ? new Set<string>() : await listPathsOfRun(repository, base, plan.runId);
  const present = new Set(plan.files.map(({ path }) => path));
  const removed = [...before].filter((path) => !present.has(path)).sort();
  checkGit(
    await repository.git(['fast-import', '--quiet', '--force', '--date-format=raw', '--done'], {
      input: (stdin) => writeImport(stdin, { base, plan, removed, read }),
      limits: LIMITS,
    }),
  );
  const commit = await resolveRevision(repository, BUILT);
  return { commit, changes: await changesBetween(repository, base, commit) };
}

async function changesBetween(repository: BareRepository, base: string | undefined, commit: string): Promise<Change[]> {
  if (base !== undefined) {
    const options = ['-r', '-z', '--no-renames', '--raw'];
    const raw = changesOf(checkGit(await repository.git(['diff-tree', ...options, base, commit])).stdout);
    return raw.map(({ status, path }) => {
      // `:100644 100644 <blob before> <blob after> M`
      const [, , before = '', , letter = ''] = status.split(' ');
      return { status: letter, path, ...(letter === 'A' ? {} : { before }) };
    });
  }
  const { stdout } = checkGit(await repository.git(['ls-tree', '-r', '-z', '--name-only', commit]));
  return splitAtNul(stdout).map((path) => ({ status: 'A', path: path.toString('utf8') }));
}

interface Import {
  base: string | undefined;
  plan: CommitPlan;
  removed: readonly string[];
  read: ReadFile;
}

/** Writes the input of git-fast-import(1). */
async function writeImport(stdin: Writable, { base, plan, removed, read }: Import): Promise<void> {
  const files = plan.files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const write = async (chunk: string | Uint8Array) => {
    if (!stdin.write(chunk)) await once(stdin, 'drain');
  };
  const writeData = async (bytes: Uint8Array) => {
    await write(`data ${bytes.byteLength}\n`);
    await write(bytes);
    await write('\n');
  };
  for (const [index, file] of files.entries()) {
    await write(`blob\nmark :${index + 1}\n`);
    await writeData(await read(file));
  }
  const signature = signatureOf(plan);
  await write(`commit ${BUILT}\nauthor ${signature}\ncommitter ${signature}\n`);
  await writeData(Buffer.from(messageOf(plan)));
  if (base !== undefined) await write(`from ${base}\n`);
  for (const path of removed) await write(`D ${quote(path)}\n`);
  for (const [index, { mode, path }] of files.entries())
    await write(`M ${mode === 'executable' ? '100755' : '100644'} :${index + 1} ${quote(path)}\n`);
  await write('done\n');
}

/** Quotes a path like a C string, so that it may contain any character. */
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
