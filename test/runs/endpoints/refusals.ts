import { describe, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, type RunBench } from '../bench.ts';

/** An endpoint on one run of the bench's user. */
interface EndpointOfRun {
  bench: () => RunBench;
  method: string;
  path: (id: string) => string;
  /** A valid body, for an endpoint that needs one. */
  body?: unknown;
  /** A run that exists. */
  id: () => string;
  /** Whether the endpoint needs the right to write. */
  writes: boolean;
}

/** Tests the answers that do not depend on the state of the run: 401, 403, 404 and 422. */
export function describeRefusals({ bench, method, path, body, id, writes }: EndpointOfRun): void {
  const call = (runId: string, token: string | undefined = bench().person.token) =>
    bench().server.call(method, path(runId), {
      ...(token === '' ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    });

  describe('refusals', () => {
    it('answers 401 without a token, as a problem', async () => {
      const refused = await call(id(), '');
      expect(refused.status).toBe(401);
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
    });

    it('answers 404 for an unknown run and for a run of another tenant', async () => {
      expect((await call(createId('run'))).status).toBe(404);
      const stranger = await bench().server.signUp();
      expect((await call(id(), stranger.token)).status).toBe(404);
    });

    it('answers 422 for a malformed id', async () => {
      expect((await call('nonsense')).status).toBe(422);
    });

    if (writes) {
      it('answers 403 for a viewer', async () => {
        const { userId } = bench().person;
        await asOwner(`update users set role = 'viewer' where id = $1`, [userId]);
        const refused = await call(id());
        await asOwner(`update users set role = 'admin' where id = $1`, [userId]);
        expect(refused.status).toBe(403);
      });
    }

    if (method === 'GET') {
      it('answers 422 for an unknown query parameter', async () => {
        const { token } = bench().person;
        expect((await bench().server.call('GET', `${path(id())}?unknown=1`, { token })).status).toBe(422);
      });
    }
  });
}
