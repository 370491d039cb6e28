import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveSession } from '../../functions/entities/session.ts';
import { consolidationClaims, insertConsolidation } from '../../functions/entities/sql/memory-consolidation.ts';
import { insertJob, jobClaims } from '../../functions/entities/sql/memory-job.ts';
import { claimLink, releaseLinkUnreported, updateLinkLease } from '../../functions/entities/sql/memory-link.ts';
import { sessionClaims } from '../../functions/memory/sql/learning.ts';
import type { Database, Scoped } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';
import { linkMemory } from '../entities/sync/synced-memory.ts';

/**
 * A renewal that arrives after the claim was released must not extend the lease: the next claim would wait for nobody.
 */

let database: Database;
let person: Person;
let scoped: Scoped;
beforeAll(async () => {
  database = await openDatabase();
  person = await createPerson(database);
  scoped = database.as(scopeOf(person));
  await linkMemory(database, person, 'https://github.com/ada/memory');
});
afterAll(closeDatabase);

const failure = { error: 'it failed', mostAttempts: 5, isPostponed: false };

test.each<
  [
    string,
    () => Promise<{ renew: () => Promise<boolean>; release: () => Promise<unknown>; claim: () => Promise<unknown> }>,
  ]
>([
  [
    'a session',
    async () => {
      const id = createId('run');
      const { tenantId, userId } = person;
      const material = { task: '', reports: [], model: { provider: 'gemini' as const, model: 'gemini-2.5-flash' } };
      await scoped.transaction((transaction) =>
        archiveSession(transaction, { tenantId, userId, runId: id, kind: 'sprint', material }),
      );
      const claim = () => sessionClaims.claim(scoped, id, 60);
      const held = { id, attempts: (await claim())?.attempts ?? 0 };
      return {
        claim,
        renew: () => sessionClaims.renew(scoped, held, 60),
        release: () => sessionClaims.release(scoped, held, failure),
      };
    },
  ],
  [
    'a job',
    async () => {
      const id = createId('job');
      await insertJob(scoped, person, { id, sessionId: id, commits: true });
      const claim = () => jobClaims.claim(scoped, id, 60);
      const held = { id, attempts: (await claim())?.attempts ?? 0 };
      return {
        claim,
        renew: () => jobClaims.renew(scoped, held, 60),
        release: () => jobClaims.release(scoped, held, failure),
      };
    },
  ],
  [
    'a consolidation',
    async () => {
      const id = createId('cons');
      await insertConsolidation(scoped, person, {
        id,
        key: id,
        started_by: 'person',
        tools: ['link'],
        soft_cap_tokens: 8_000,
        dry_run: false,
      });
      const claim = () => consolidationClaims.claim(scoped, id, 60);
      const held = { id, attempts: (await claim())?.attempts ?? 0 };
      return {
        claim,
        renew: () => consolidationClaims.renew(scoped, held, 60),
        release: () => consolidationClaims.release(scoped, held, failure),
      };
    },
  ],
  [
    'a link',
    async () => {
      const claim = () => claimLink(scoped, 60);
      const held = await claim();
      if (held === undefined) throw new Error('The link is held');
      return {
        claim,
        renew: () => updateLinkLease(scoped, held, 60),
        release: () => releaseLinkUnreported(scoped, held),
      };
    },
  ],
])('%s', async (_what, open) => {
  const { renew, release, claim } = await open();
  expect(await renew()).toBe(true);
  await release();
  expect(await renew()).toBe(false);
  expect(await claim()).toBeDefined();
});
