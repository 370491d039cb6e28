import { computed } from 'vue';
import { api } from '../../../api/client.ts';
import { usePages } from '../../../api/pages.ts';
import { dataOf } from '../../../api/problem.ts';
import { useLastLook } from '../../../parts/last-look.ts';
import { useMemoryAddress } from '../address.ts';
import { foldersOf, hasChangedSince } from './folders.ts';

const PAGE = 200;

/** Reads the entities as of a moment. Pages of the same moment share the answer. */
export function useEntityPages(asOf: () => string | undefined, enabled: () => boolean = () => true) {
  const address = useMemoryAddress();
  return usePages(
    () => [...address.key.value, 'entities', asOf() ?? ''],
    (cursor, signal) => {
      const query = { ...address.owner.value, as_of: asOf(), limit: PAGE, cursor };
      return dataOf(api.GET('/api/v1/memory/entities', { params: { query }, signal }));
    },
    { enabled },
  );
}

/**
 * The entities as of the moment of the room, by folder. One has changed when it changed after this moment; now, when it
 * changed since the user last looked.
 */
export function useEntities() {
  const address = useMemoryAddress();
  const lastLook = useLastLook('memory')?.at;
  const pages = useEntityPages(() => address.asOf.value);
  // What changed after a moment of the past is read from the entities of now.
  const present = useEntityPages(
    () => undefined,
    () => address.isPast.value,
  );
  const later = computed(
    () =>
      new Set(
        present.items.value
          .filter(({ changed_at: at }) => hasChangedSince(at, address.asOf.value))
          .map(({ path }) => path),
      ),
  );
  return {
    pages,
    folders: computed(() => foldersOf(pages.items.value)),
    hasChanged: ({ path, changed_at: at }: { path: string; changed_at: string }) =>
      address.isPast.value ? later.value.has(path) : hasChangedSince(at, lastLook),
  };
}
