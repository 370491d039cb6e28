import { useQuery, useQueryCache } from '@pinia/colada';
import { computed, shallowRef } from 'vue';
import type { paths } from '../../api/api.generated.d.ts';
import { type Answer, api } from '../../api/client.ts';
import { ApiError, dataOf } from '../../api/problem.ts';
import { readAgain } from '../../api/read-again.ts';
import { session } from '../../api/session.ts';

/** The settings of a team, as a change of them is answered. */
export type Tenant = Answer<'/api/v1/tenant', 'patch'>;
export type Change = paths['/api/v1/tenant']['patch']['requestBody']['content']['application/json'];

/** Settings with the ETag of the answer that had them. */
export interface Stored<T extends Tenant = Tenant> {
  tenant: T;
  tag: string;
}

/** Somebody else has changed the settings since the caller read them. Nothing was changed. */
export class Overtaken extends Error {
  /** The settings as they are now. */
  readonly stored: Stored;

  constructor(stored: Stored) {
    super('The settings have changed since they were read.');
    this.name = 'Overtaken';
    this.stored = stored;
  }
}

/** The last change that was made here. Another form on the page that began with `from` goes on from `to`. */
export const lastSave = shallowRef<{ from: string; to: string }>();

const KEY = ['tenant', 'settings'];

/** The user's team as it is stored, and the call that changes it. Only an admin may call it. */
export function useTenant() {
  const cache = useQueryCache();
  const read = (signal?: AbortSignal) => storedOf(api.GET('/api/v1/tenant', signal === undefined ? {} : { signal }));
  const stored = useQuery({ key: KEY, query: ({ signal }) => read(signal) });
  return {
    stored,
    isAdmin: computed(() => session.value.kind === 'signed-in' && session.value.user.role === 'admin'),
    /**
     * Changes the settings that have this tag, and returns them as they are then.
     * @throws Overtaken when somebody else has changed them since
     * @throws ApiError
     */
    change: async (body: Change, tag: string): Promise<Stored> => {
      // A proxy may have removed the tag.
      const params = tag === '' ? {} : { header: { 'If-Match': tag } };
      try {
        const changed = await storedOf(api.PATCH('/api/v1/tenant', { params, body }));
        lastSave.value = { from: tag, to: changed.tag };
        await readAgain(cache, ['tenant']);
        return changed;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 412)) throw error;
        const now = await read();
        cache.setQueryData(KEY, now);
        throw new Overtaken(now);
      }
    },
  };
}

async function storedOf<T extends Tenant>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Stored<T>> {
  let tag = '';
  const tenant = await dataOf<T>(
    call.then((answer) => {
      tag = answer.response.headers.get('ETag') ?? '';
      return answer;
    }),
  );
  return { tenant, tag };
}
