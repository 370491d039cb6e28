import { splitCommand } from './split-command.ts';

/**
 * Which commands a worker is offered. This is guidance for the model, which then writes what works in the sandbox; it
 * is no wall, because `node -e` can do anything. The wall is the sandbox.
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
  ...['echo', 'printf', 'pwd', 'cd', 'test', '[', 'true', 'false', 'which', 'date', 'sleep', 'set', 'export', 'exit'],
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

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** Of use only where the run's policy opens hosts. */
const NETWORK_PROGRAMS = new Set(['curl', 'wget']);

/**
 * @returns why the command is refused, in words that tell a model what to do, or undefined when it may go to the
 * sandbox.
 */
export function refuseCommand(line: string, hasNetwork = false): string | undefined {
  const split = splitCommand(line);
  if (split.status === 'refused') return split.reason;
  if (split.commands.length === 0) return 'There is no command.';
  const names = split.commands.map((words) => words.find((word) => !ASSIGNMENT.test(word)));
  const isAllowed = (name: string) => ALLOWED.has(name) || (hasNetwork && NETWORK_PROGRAMS.has(name));
  const refused = names.find((name) => name !== undefined && !isAllowed(name));
  return refused === undefined ? undefined : describeRefusal(refused);
}

export function describeAllowedCommands(): string {
  return `${PROGRAMS.join(', ')} and the file commands ${FILE_COMMANDS.join(' ')}`;
}

/** Why some that models like to try are missing, and what to do in their place. */
const REASONS: Record<string, string> = {
  curl: 'There is no network here.',
  wget: 'There is no network here.',
  sudo: 'There are no other rights to get here.',
  sh: 'Give the commands themselves.',
  bash: 'Give the commands themselves.',
  for: 'Write longer scripts to a file and run it with node or python.',
  while: 'Write longer scripts to a file and run it with node or python.',
  if: 'Join commands with && and ||.',
};

function describeRefusal(name: string): string {
  const reason = Object.hasOwn(REASONS, name) ? `${REASONS[name]} ` : '';
  return `The command ${JSON.stringify(name.slice(0, 100))} is not available. ${reason}Allowed are ${describeAllowedCommands()}.`;
}
