import { escapeName } from '../../platform/escape-controls.ts';
import type { SandboxLimit, SandboxOutcome, SandboxResult } from '../sandbox/sandbox.ts';

/** What was stored of the changes of a command. */
interface Kept {
  changed: readonly { path: string }[];
  deleted: readonly string[];
  folders: readonly { path: string }[];
  notKept: SandboxOutcome['not_kept'];
}

/** Describes a command that ran, for a model. How it ended comes first, because a long output is cut. */
export function describeResult(
  result: Exclude<SandboxResult, { status: 'cancelled' | 'unavailable' }>,
  { changed, deleted, folders, notKept }: Kept,
): string {
  return [
    describeEnd(result),
    ...describeStream('stdout', result.stdout, result.stdout_truncated),
    ...describeStream('stderr', result.stderr, result.stderr_truncated),
    ...describePaths(
      'Changed',
      changed.map((file) => file.path),
    ),
    ...describePaths('Deleted', deleted),
    ...describePaths(
      'Kept for commands of this run only',
      folders.map((folder) => folder.path),
    ),
    ...describeRefusedHosts(result.network),
    ...describePaths(
      'Not kept',
      notKept.map((entry) => `${entry.path} (${entry.reason})`),
    ),
  ].join('\n');
}

const LIMITS: Record<SandboxLimit, string> = {
  memory: 'the command used too much memory',
  processes: 'the command started too many processes',
  disk: 'the command wrote too much to the disk',
  output: 'the command printed too much',
};

function describeEnd(result: Exclude<SandboxResult, { status: 'cancelled' | 'unavailable' }>): string {
  const seconds = `${(result.duration_ms / 1000).toFixed(1)} s`;
  if (result.status === 'completed') return `Exit code ${result.exit_code} (${seconds})`;
  if (result.status === 'timed_out')
    return `Stopped after ${seconds}: the command did not end in time. Servers and watchers never end; start and test a server in one short script.`;
  return `Stopped after ${seconds}: ${LIMITS[result.limit]}.`;
}

function describeStream(name: string, text: string, isTruncated: boolean): string[] {
  if (text === '') return [];
  return [`--- ${name}${isTruncated ? ' (cut)' : ''}`, text.replace(/\n$/, '')];
}

const SHOWN_HOSTS = 10;

function describeRefusedHosts(network: SandboxOutcome['network']): string[] {
  const refused = network?.refused ?? [];
  if (refused.length === 0) return [];
  const shown = refused.slice(0, SHOWN_HOSTS).map(({ host, reason }) => `${host} (${reason})`);
  const more = refused.length > SHOWN_HOSTS ? ` and ${refused.length - SHOWN_HOSTS} more` : '';
  return [`--- Not reached: ${shown.join(', ')}${more}`];
}

const SHOWN_PATHS = 30;

/** Lists paths for a model, without the internal files of git. */
function describePaths(title: string, paths: readonly string[]): string[] {
  const own = paths.filter((path) => !/(^|\/)\.git\/./.test(path)).map(escapeName);
  if (own.length === 0) return [];
  const shown = own.slice(0, SHOWN_PATHS).join(', ');
  const more = own.length > SHOWN_PATHS ? ` and ${own.length - SHOWN_PATHS} more` : '';
  return [`--- ${title}: ${shown}${more}`];
}
