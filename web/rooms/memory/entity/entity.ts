import { useQuery } from '@pinia/colada';
import { computed, type MaybeRefOrGetter, toValue } from 'vue';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { useMemoryAddress } from '../address.ts';
import { isEntityPath } from '../paths.ts';
import { versionOf } from './blocks.ts';

const PAGE = 200;

/**
 * An entity file as of the moment of the room, with the source of each block, and what the address chose in it. It is
 * not asked for while `canExist` says that it did not exist at this moment.
 */
export function useEntity(path: MaybeRefOrGetter<string>, canExist: () => boolean) {
  const address = useMemoryAddress();
  const file = useQuery({
    key: () => [...address.key.value, 'entity', toValue(path), address.asOf.value ?? ''],
    query: ({ signal }) => {
      const params = { path: { entity: toValue(path) }, query: address.scope.value };
      return dataOf(api.GET('/api/v1/memory/entities/{entity}', { params, signal }));
    },
    enabled: () => isEntityPath(toValue(path)) && canExist(),
    // The file stays while another moment of it is read; another file does not.
    placeholderData: (previous) => (previous?.path === toValue(path) ? previous : undefined),
  });
  const versions = usePages(
    () => [...address.key.value, 'blame', toValue(path)],
    (cursor, signal) => {
      const params = { path: { entity: toValue(path) }, query: { ...address.owner.value, limit: PAGE, cursor } };
      return dataOf(api.GET('/api/v1/memory/entities/{entity}/blame', { params, signal }));
    },
    { enabled: () => isEntityPath(toValue(path)) && canExist() },
  );
  const wanted = address.word('block');
  const blocks = computed(() =>
    (file.data.value?.blocks ?? []).map((block) => ({
      ...block,
      version: versionOf(versions.items.value, block.block, block.commit_id),
    })),
  );
  return {
    file,
    versions: versions.items,
    versionPages: versions,
    /** The blocks that are shown, each with the version that says its source. */
    blocks,
    /** The block of the address; without one, the newest. */
    chosen: computed(
      () =>
        blocks.value.find(({ block }) => block === wanted.value) ??
        blocks.value.toSorted((one, other) => Date.parse(other.since) - Date.parse(one.since))[0],
    ),
    isChosen: computed(() => wanted.value !== undefined),
  };
}

export type Entity = ReturnType<typeof useEntity>;
export type ShownBlock = Entity['blocks']['value'][number];
