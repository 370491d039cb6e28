import { createHash, randomUUID } from 'node:crypto';
import { environment } from '../../../functions/platform/environment.ts';
import { parseRemote } from '../../../functions/platform/git/remote.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import type { CommitPlan } from '../../../functions/tools/git/commit-plan.ts';
import type { PushOptions } from '../../../functions/tools/git/push-files.ts';
import type { GitServer } from '../../support/git-server.ts';

/** Returns the options of a push, for files given as text. */
export function pushOf(
  server: Pick<GitServer, 'token'>,
  repository: string,
  files: Record<string, string>,
  overrides: Partial<Omit<PushOptions, 'plan'>> & { plan?: Partial<CommitPlan> } = {},
): PushOptions {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const contents = new Map(Object.values(files).map((text) => [hash(text), Buffer.from(text)]));
  return {
    remote: parseRemote(repository),
    branch: 'apexflow/run',
    credential: new SecretText(server.token),
    signal: new AbortController().signal,
    read: async ({ sha256 }) => contents.get(sha256) ?? Buffer.alloc(0),
    ...overrides,
    plan: {
      runId: 'run_1',
      callKey: randomUUID(),
      author: 'backend',
      date: '2026-11-21T03:00:00.000Z',
      message: 'Add the counter',
      files: Object.entries(files).map(([path, text]) => ({
        path,
        sha256: hash(text),
        mode: path.endsWith('.sh') ? ('executable' as const) : ('regular' as const),
      })),
      ...overrides.plan,
    },
  };
}

/** Makes this process use the server. */
export function useGitServer(server: Pick<GitServer, 'host' | 'caFile'>): void {
  environment.GIT_HOSTS = [server.host];
  environment.GIT_CA_FILE = server.caFile;
}
