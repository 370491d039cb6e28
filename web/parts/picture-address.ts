import { onScopeDispose, type Ref, ref, watch } from 'vue';
import { api } from '../api/client.ts';

/** The types that the server accepts as images. A browser could draw others, such as SVG. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

export function isPicture(mediaType: string): boolean {
  return PICTURES.includes(mediaType);
}

/**
 * Returns the address of a picture in this page's memory (`blob:`), or an empty text while there is none. The source is
 * a file of the user, or the id of an upload, which is read with the access token. The memory is freed with the scope.
 */
export function usePictureAddress(source: () => File | string | undefined): Ref<string> {
  const address = ref('');
  const free = () => {
    if (address.value !== '') URL.revokeObjectURL(address.value);
    address.value = '';
  };
  watch(
    source,
    async (now, _before, onCleanup) => {
      const stop = new AbortController();
      onCleanup(() => stop.abort());
      free();
      const picture = typeof now === 'string' ? await readPicture(now, stop.signal) : now;
      if (picture !== undefined && !stop.signal.aborted) address.value = URL.createObjectURL(picture);
    },
    { immediate: true },
  );
  onScopeDispose(free);
  return address;
}

/** Returns undefined for a picture that cannot be read: its name is shown all the same. */
async function readPicture(id: string, signal: AbortSignal): Promise<Blob | undefined> {
  const call = api.GET('/api/v1/uploads/{id}/content', { params: { path: { id } }, parseAs: 'blob', signal });
  const { data } = await call.catch(() => ({ data: undefined }));
  // The typed client does not know that a parsed blob is a Blob.
  return data as Blob | undefined;
}
