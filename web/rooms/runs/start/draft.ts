import { emptyForm, type StartForm, TEAM, WORKERS } from './form.ts';

/**
 * The draft of the form, kept in this browser for this user until the run is started. What is stored is checked when it
 * is read: an older version of the console may have written it.
 */

const placeOf = (user: string) => `apexflow.draft.run.${user}`;

export function readDraft(user: string, storage: Storage = localStorage): StartForm | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(placeOf(user)) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return undefined;
    const { task, mode, team, worker, budget, repo, hosts } = kept as Partial<Record<keyof StartForm, unknown>>;
    const empty = emptyForm();
    const words = (value: unknown) => (typeof value === 'string' ? value : '');
    const form: StartForm = {
      ...empty,
      task: words(task),
      mode: mode === 'planner' || mode === 'worker' ? mode : 'team',
      team: Array.isArray(team) ? TEAM.filter((name) => team.includes(name)) : empty.team,
      worker: WORKERS.find((name) => name === worker) ?? empty.worker,
      budget: words(budget),
      repo: words(repo),
      hosts: words(hosts),
    };
    return isEmptyDraft(form) ? undefined : form;
  } catch {
    return undefined;
  }
}

export function keepDraft(user: string, form: StartForm, storage: Storage = localStorage): void {
  try {
    if (isEmptyDraft(form)) storage.removeItem(placeOf(user));
    else storage.setItem(placeOf(user), JSON.stringify(form));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

export function dropDraft(user: string, storage: Storage = localStorage): void {
  try {
    storage.removeItem(placeOf(user));
  } catch {
    // Nothing was kept.
  }
}

function isEmptyDraft({ task, budget, repo, hosts }: StartForm): boolean {
  return [task, budget, repo, hosts].every((value) => value.trim() === '');
}
