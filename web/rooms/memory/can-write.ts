import { computed } from 'vue';
import { session } from '../../api/session.ts';
import { useMemoryAddress } from './address.ts';

/** Returns whether the page may change memory: now, and for a role that may write. */
export function useCanWrite() {
  const { isPast } = useMemoryAddress();
  return computed(() => !isPast.value && session.value.kind === 'signed-in' && session.value.user.role !== 'viewer');
}
