import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blameEntity } from '../../../functions/entities/endpoints/blame-entity.ts';
import { commitSession } from '../../../functions/entities/endpoints/commit-session.ts';
import { exportMemory } from '../../../functions/entities/endpoints/export-memory.ts';
import { getContext } from '../../../functions/entities/endpoints/get-context.ts';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { rebuildIndex } from '../../../functions/entities/endpoints/rebuild-index.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';
import type { ScriptedRequest } from '../../support/scripted-provider.ts';
import { startServer } from '../../support/server.ts';
import type { Person } from '../people.ts';

/** The proposal of the scripted model for sessions that contain the text `when`. Other sessions get no edits. */
export interface Script {
  when: string;
  paths?: string[];
  edits: object[];
}

/** Serves the endpoints of entity files with a scripted model. `asked` collects the prompts. */
export async function openStory(options: { usesModel: boolean }) {
  const scripts: Script[] = [];
  const asked: string[] = [];
  const gemini = await startScriptedGemini({
    answer: (request: ScriptedRequest) => {
      const said = JSON.stringify(request.messages);
      const session = /<session>(.*)<\/session>/s.exec(said)?.[1] ?? '';
      asked.push(said);
      const script = scripts.find(({ when }) => session.includes(when));
      const isIdentify = said.includes('Which files of the index');
      return { text: JSON.stringify(isIdentify ? { paths: script?.paths ?? [] } : { edits: script?.edits ?? [] }) };
    },
  });
  if (options.usesModel) {
    environment.GEMINI_API_KEY = 'scripted-key';
    environment.GOOGLE_GEMINI_BASE_URL = gemini.url;
  }
  const server = await startServer([
    blameEntity,
    commitSession,
    listEntityHistory,
    eraseMemory,
    exportMemory,
    getContext,
    getJob,
    listEntities,
    receiveAndCommit,
    receiveSession,
    proposeChanges,
    readEntity,
    rebuildIndex,
    revertSource,
    searchMemory,
    setupRepo,
  ]);
  const call = (who: Person | undefined, method: string, path: string, body?: unknown) =>
    server.call(method, `/api/v1${path}`, {
      ...(who === undefined ? {} : { token: who.token }),
      ...(body === undefined ? {} : { body }),
    });
  return {
    server,
    call,
    asked,
    /** Adds scripts; the newest has priority. */
    script: (...more: Script[]) => scripts.unshift(...more),
    close: async () => {
      await server.close();
      await gemini.close();
    },
  };
}

export type Story = Awaited<ReturnType<typeof openStory>>;

/** Clones the export with git. */
export async function clone({ server }: Story, who: Person) {
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-source-'));
  const response = await fetch(`${server.url}/api/v1/memory/export`, {
    headers: { authorization: `Bearer ${who.token}` },
  });
  writeFileSync(join(folder, 'memory.bundle'), Buffer.from(await response.arrayBuffer()));
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const run = (cwd: string, ...parameters: string[]) =>
    execFileSync('git', parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env }).trim();
  run(folder, 'clone', '-q', 'memory.bundle', 'work');
  const work = join(folder, 'work');
  return {
    git: (...parameters: string[]) => run(work, ...parameters),
    read: (path: string) => readFileSync(join(work, path), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
