import { showExactly } from './show-exactly.ts';

/** A file that a person is asked about. `status`: A added, M modified, D deleted. */
interface ShownFile {
  path: string;
  status?: string | undefined;
  mode?: 'regular' | 'executable' | undefined;
}

/** Characters that a person can be asked to read: 5,000 files with paths of 200 characters. */
const LONGEST_DETAILS = 1_000_000;

/** Returns why an approval cannot be asked, for a model: a list that is cut would hide files. */
export function describeTooLong(details: string): string | undefined {
  if (details.length <= LONGEST_DETAILS) return undefined;
  return 'The list of files is too long to show to a person, so nobody was asked. Use fewer files, or shorter paths.';
}

/**
 * Lists every file for an approval, because what is not shown is not approved. Files that run code when the tree is
 * pushed, checked out, opened or built come first, under a line of their own: a workflow between hundreds of documents
 * is easy to miss.
 */
export function showFiles(files: readonly ShownFile[]): string {
  const shown = files.map((file) => ({ runs: runsCode(file), line: lineOf(file) }));
  const [first, others] = [shown.filter(({ runs }) => runs), shown.filter(({ runs }) => !runs)];
  const lines = (part: typeof shown) => part.map(({ line }) => line);
  if (first.length === 0) return lines(others).join('\n');
  const rest = others.length === 0 ? [] : [`Other files (${others.length}):`, ...lines(others)];
  return [`Files that may run code (${first.length}), look at these first:`, ...lines(first), ...rest].join('\n');
}

function lineOf({ path, status, mode }: ShownFile): string {
  return [status, showExactly(path), mode === 'executable' ? '(executable)' : undefined]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** Folders whose files are run by a forge, by git, by an editor or by a build. */
const FOLDERS = new Set([
  '.github',
  '.gitlab',
  '.gitea',
  '.forgejo',
  '.circleci',
  '.buildkite',
  '.woodpecker',
  '.husky',
  '.githooks',
  '.vscode',
  '.idea',
  '.devcontainer',
  '.cargo',
  '.yarn',
  '.mvn',
  'scripts',
  'bin',
]);

/** Files that are run, or that say what is run. */
const NAMES = new Set([
  'makefile',
  'gnumakefile',
  'justfile',
  'taskfile.yml',
  'rakefile',
  'jenkinsfile',
  'dockerfile',
  'containerfile',
  'procfile',
  'vagrantfile',
  'package.json',
  'setup.py',
  'setup.cfg',
  'pyproject.toml',
  'conftest.py',
  'build.rs',
  'build.gradle',
  'build.gradle.kts',
  'pom.xml',
  'cmakelists.txt',
  'configure',
  'gradlew',
  'mvnw',
  'codeowners',
  'cloudbuild.yaml',
  'cloudbuild.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'compose.yml',
  'compose.yaml',
]);

const EXTENSIONS =
  /\.(sh|bash|zsh|fish|ksh|csh|ps1|psm1|bat|cmd|vbs|exe|dll|so|dylib|jar|com|msi|scr|app|command|desktop|service|mk|wasm|node)$/;

/** Settings with a leading dot, such as .gitattributes, .npmrc, .envrc or .gitlab-ci.yml, are read by tools unasked. */
function runsCode({ path, mode }: ShownFile): boolean {
  if (mode === 'executable') return true;
  const segments = path.normalize('NFKC').toLowerCase().split('/');
  const name = segments.at(-1) ?? '';
  return (
    // Git's own name for them; elsewhere `hooks` are mostly those of a user interface.
    segments[0] === 'hooks' ||
    segments.slice(0, -1).some((segment) => FOLDERS.has(segment)) ||
    NAMES.has(name) ||
    name.startsWith('.') ||
    name.startsWith('dockerfile.') ||
    EXTENSIONS.test(name)
  );
}
