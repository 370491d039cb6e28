import { splitCommand } from './split-command.ts';

/**
 * The commands that a worker may run. This guides the model to commands that work in the sandbox. It is not a security
 * barrier, because `node -e` can do anything; the sandbox is the barrier.
 */

const PROGRAMS = ['git', 'npm', 'npx', 'node', 'python', 'python3', 'pip', 'pip3'];

const FILE_COMMANDS = [
  ...[
    'ls',
    'cat',
    'head',
    'tail',
    'mkdir',
    'rmdir',
    'cp',
    'mv',
    'rm',
    'ln',
    'touch',
    'chmod',
    'find',
    'tree',
    'stat',
    'du',
    'file',
  ],
  ...[
    'echo',
    'printf',
    'pwd',
    'cd',
    'test',
    '[',
    'true',
    'false',
    'which',
    'date',
    'sleep',
    'set',
    'export',
    'exit',
    '.',
    'source',
  ],
  ...[
    'grep',
    'sed',
    'awk',
    'sort',
    'uniq',
    'wc',
    'cut',
    'tr',
    'tee',
    'diff',
    'cmp',
    'basename',
    'dirname',
    'realpath',
    'sha256sum',
  ],
];

const ALLOWED = new Set([...PROGRAMS, ...FILE_COMMANDS]);

/** Programs of an environment in the workspace: `venv/bin/pip`, `node_modules/.bin/jest`. */
const OF_ENVIRONMENT = /^(?:\/workspace\/)?(?:(?!\.\.?\/)[^/]+\/){1,20}\.?bin\/[^/]+$/;

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** Programs that are useful only if the run's policy opens hosts. */
const NETWORK_PROGRAMS = new Set(['curl', 'wget']);

/** Returns why the command is refused and what a model can do instead, or undefined when it may go to the sandbox. */
export function refuseCommand(line: string, hasNetwork = false): string | undefined {
  const split = splitCommand(line);
  if (split.status === 'refused') return split.reason;
  if (split.commands.length === 0) return 'There is no command.';
  const names = split.commands.map((words) => words.find((word) => !ASSIGNMENT.test(word)));
  const isAllowed = (name: string) =>
    ALLOWED.has(name) || OF_ENVIRONMENT.test(name.replace(/^\.\//, '')) || (hasNetwork && NETWORK_PROGRAMS.has(name));
  const refused = names.find((name) => name !== undefined && !isAllowed(name));
  return refused === undefined ? undefined : describeRefusal(refused);
}

export function describeAllowedCommands(): string {
  return `${PROGRAMS.join(', ')}, programs of an environment such as venv/bin/pip, and the file commands ${FILE_COMMANDS.join(' ')}`;
}

/** Explains why commands are missing that models often try, and what to do instead. */
const REASONS: Record<string, string> = {
  curl: 'There is no network here.',
  wget: 'There is no network here.',
  sudo: 'No other permissions are available here.',
  sh: 'Give the commands directly.',
  bash: 'Give the commands directly.',
  for: 'Write longer scripts to a file and run it with node or python.',
  while: 'Write longer scripts to a file and run it with node or python.',
  if: 'Join commands with && and ||.',
};

function describeRefusal(name: string): string {
  const reason = Object.hasOwn(REASONS, name) ? `${REASONS[name]} ` : '';
  return `The command ${JSON.stringify(name.slice(0, 100))} is not available. ${reason}Allowed are ${describeAllowedCommands()}.`;
}
