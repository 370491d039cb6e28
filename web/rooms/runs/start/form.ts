import type { paths } from '../../../api/api.generated.d.ts';
import type { Problem } from '../../../api/problem.ts';
import { text } from '../../../text/start.ts';

/** What the form holds, as the user wrote it. */
export interface StartForm {
  task: string;
  mode: 'team' | 'planner' | 'worker';
  team: string[];
  worker: string;
  budget: string;
  repo: string;
  hosts: string;
  /** Only for repeating a run. */
  scope: 'whole' | 'failure' | 'node';
  node: string;
  instruction: string;
}

export type Field = 'task' | 'team' | 'worker' | 'budget' | 'repo' | 'hosts' | 'node' | 'instruction';
export type Faults = Partial<Record<Field, string>>;

type BodyOf<P extends keyof paths> = paths[P] extends {
  post: { requestBody?: { content: { 'application/json': infer T } } };
}
  ? T
  : never;
export type SprintBody = BodyOf<'/api/v1/sprints'>;
export type RunBody = BodyOf<'/api/v1/runs'>;
export type ReplayBody = BodyOf<'/api/v1/runs/{id}/replay'>;

export const TEAM = ['backend', 'frontend', 'devops'] as const;
export const WORKERS = Object.keys(text.workers);
export const MOST_CHARACTERS = 20_000;
const MOST_USD = 100_000;
const MOST_HOSTS = 20;

export function emptyForm(): StartForm {
  return {
    task: '',
    mode: 'team',
    team: [...TEAM],
    worker: 'thinker',
    budget: '',
    repo: '',
    hosts: '',
    scope: 'whole',
    node: '',
    instruction: '',
  };
}

/** Returns what the API would refuse, by field. `allowed` are the hosts of the tenant, when they are known. */
export function faultsOf(form: StartForm, allowed: readonly string[] | undefined): Faults {
  const faults: Faults = {};
  const task = form.task.trim();
  if (task === '') faults.task = text.needed;
  else if (task.length > MOST_CHARACTERS) faults.task = text.tooLong;
  if (form.mode === 'team' && form.team.length === 0) faults.team = text.teamNeeded;
  if (form.budget.trim() !== '' && budgetOf(form.budget) === undefined) faults.budget = text.budgetFault;
  if (form.repo.trim() !== '' && !REPO.test(form.repo.trim())) faults.repo = text.repoFault;
  const hosts = hostsFault(hostsOf(form.hosts), allowed);
  if (hosts !== undefined) faults.hosts = hosts;
  return faults;
}

const REPO = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Returns the amount, or undefined for what is none. */
export function budgetOf(words: string): number | undefined {
  if (!/^\$?\s*\d+(\.\d{1,6})?$/.test(words.trim())) return undefined;
  const amount = Number(words.replace('$', ''));
  return amount > 0 && amount <= MOST_USD ? amount : undefined;
}

/** Returns the hosts of a text, each once. */
export function hostsOf(words: string): string[] {
  return [
    ...new Set(
      words
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter((host) => host !== ''),
    ),
  ];
}

function hostsFault(hosts: readonly string[], allowed: readonly string[] | undefined): string | undefined {
  const odd = hosts.find((host) => !HOST.test(host));
  if (odd !== undefined) return text.hostFault(odd);
  if (hosts.length > MOST_HOSTS) return text.hostsTooMany;
  const refused = allowed && hosts.find((host) => !isAllowed(host, allowed));
  return refused === undefined ? undefined : text.hostRefused(refused);
}

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some(
    (entry) => entry === host || (entry.startsWith('*.') && !host.startsWith('*') && host.endsWith(entry.slice(1))),
  );
}

function settingsOf(form: StartForm) {
  const budget = budgetOf(form.budget);
  const repo = form.repo.trim();
  const hosts = hostsOf(form.hosts);
  return {
    ...(budget === undefined ? {} : { budget_usd: budget }),
    ...(repo === '' ? {} : { github_repo: repo }),
    ...(hosts.length === 0 ? {} : { allowed_hosts: hosts }),
  };
}

export function sprintBodyOf(form: StartForm): SprintBody {
  return { task: form.task.trim(), team: TEAM.filter((worker) => form.team.includes(worker)), ...settingsOf(form) };
}

export function runBodyOf(form: StartForm): RunBody {
  return {
    query: form.task.trim(),
    ...(form.mode === 'worker' ? { agent_type: form.worker } : {}),
    ...settingsOf(form),
  };
}

/** Returns what a repetition changes. `original` is the form as the run fills it. */
export function replayBodyOf(form: StartForm, original: StartForm): ReplayBody {
  const settings = settingsOf(form);
  const hosts = hostsOf(form.hosts);
  const { task, instruction } = { task: form.task.trim(), instruction: form.instruction.trim() };
  return {
    ...(form.scope === 'failure' ? { from_failure: true } : {}),
    ...(form.scope === 'node' ? { from_node: form.node } : {}),
    ...(form.scope === 'node' && instruction !== '' && instruction !== original.instruction.trim()
      ? { instruction }
      : {}),
    ...(form.scope === 'whole' && task !== original.task.trim() ? { query: task } : {}),
    ...(form.budget.trim() === original.budget.trim() || settings.budget_usd === undefined
      ? {}
      : { budget_usd: settings.budget_usd }),
    ...(settings.github_repo === undefined || form.repo.trim() === original.repo.trim()
      ? {}
      : { github_repo: settings.github_repo }),
    ...(hosts.join() === hostsOf(original.hosts).join() ? {} : { allowed_hosts: hosts }),
  };
}

const FIELDS: Record<string, Field> = {
  task: 'task',
  query: 'task',
  team: 'team',
  agent_type: 'worker',
  budget_usd: 'budget',
  github_repo: 'repo',
  allowed_hosts: 'hosts',
  from_node: 'node',
  instruction: 'instruction',
};

/** Returns the faults that a problem names by field; undefined when it names another place or none. */
export function faultsIn(problem: Problem | undefined): Faults | undefined {
  if (problem?.status === 403 && / host /.test(problem.detail ?? '')) return { hosts: problem.detail ?? '' };
  const faults: Faults = {};
  for (const { path, message } of problem?.errors ?? []) {
    const field = FIELDS[path.split('.')[1] ?? ''];
    if (field === undefined) return undefined;
    faults[field] ??= message;
  }
  return Object.keys(faults).length > 0 ? faults : undefined;
}
