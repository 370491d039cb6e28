import { isBareLayout } from '../../platform/git/bare-layout.ts';

/**
 * Recognises folders that programs generate: environments, packages, caches and repositories. They are no work of an
 * agent. A folder is recognised by what is in it, because `venv`, `target` or `cache` may also be names of work.
 */

interface Kind {
  /** What the folder is, for a model. */
  is: string;
  /** The folder's name, when a program gives this name to no other folder. */
  name?: string;
  /** Entries of which the folder has all. */
  has?: readonly string[];
  /** Whether later commands of the run get it. `false`: a program makes it again without being told. */
  isKept: boolean;
}

const KINDS: readonly Kind[] = [
  { is: 'compiled Python', name: '__pycache__', isKept: false },
  { is: 'installed packages', name: 'node_modules', isKept: true },
  { is: 'a virtual environment', has: ['pyvenv.cfg'], isKept: true },
  { is: 'a conda environment', has: ['conda-meta'], isKept: true },
  { is: 'installed packages', has: ['.package-lock.json'], isKept: true },
  { is: 'build output of cargo', has: ['.rustc_info.json'], isKept: true },
  { is: 'a cache of Gradle', name: '.gradle', isKept: true },
  { is: 'a cache of npm', name: '.npm', isKept: true },
  { is: 'a cache of npm', has: ['_cacache'], isKept: true },
  { is: 'a cache', name: '.cache', isKept: true },
  { is: 'environments of tox', name: '.tox', isKept: true },
  { is: 'environments of nox', name: '.nox', isKept: true },
  { is: 'a cache of Parcel', name: '.parcel-cache', isKept: true },
  { is: 'a cache of Turborepo', name: '.turbo', isKept: true },
  { is: 'a build of Next.js', name: '.next', has: ['build-manifest.json'], isKept: true },
  { is: 'plugins of Terraform', name: '.terraform', isKept: true },
];

const CACHE_TAG = 'CACHEDIR.TAG';
/** The first bytes of `CACHEDIR.TAG` ("Cache Directory Tagging Specification", bford.info/cachedir). */
const CACHE_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55';

/**
 * Returns the kind of a generated folder, or undefined for any other folder.
 * @param readStart returns the first bytes of a file in the folder, as text
 */
export async function recogniseFolder(
  name: string,
  entries: readonly string[],
  readStart: (entry: string) => Promise<string>,
): Promise<Pick<Kind, 'is' | 'isKept'> | undefined> {
  const present = new Set(entries);
  const found = KINDS.find(
    (kind) => (kind.name === undefined || kind.name === name) && (kind.has ?? []).every((entry) => present.has(entry)),
  );
  if (found !== undefined) return found;
  if (present.has(CACHE_TAG) && (await readStart(CACHE_TAG)).startsWith(CACHE_SIGNATURE))
    return { is: 'a cache', isKept: true };
  return isBareLayout(entries) ? { is: 'a git repository', isKept: true } : undefined;
}
