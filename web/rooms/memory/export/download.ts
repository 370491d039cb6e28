import { ref, shallowRef } from 'vue';
import { dataOf } from '../../../api/problem.ts';
import { saveFile } from '../../../parts/save-file.ts';

/** The typed call of a route that answers with a file, with `parseAs: 'stream'`. */
type Call = (signal: AbortSignal) => Promise<{
  data?: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  error?: unknown;
  response: Response;
}>;

/**
 * Downloads a file that only a signed-in call gets: reads it with the session's token, counts its bytes while they
 * come, and then gives it to the browser as a file. The browser keeps a large file on its disk.
 */
export function useDownload(name: string, call: Call) {
  const received = ref(0);
  const size = ref<number>();
  const error = shallowRef<unknown>();
  const stop = shallowRef<() => void>();

  async function start() {
    const controller = new AbortController();
    received.value = 0;
    size.value = undefined;
    error.value = undefined;
    stop.value = () => controller.abort();
    try {
      const body = await dataOf<ReadableStream<Uint8Array<ArrayBuffer>>>(
        call(controller.signal) as Parameters<typeof dataOf<ReadableStream<Uint8Array<ArrayBuffer>>>>[0],
      );
      const counted = body.pipeThrough(
        new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
          transform: (chunk, output) => {
            received.value += chunk.byteLength;
            output.enqueue(chunk);
          },
        }),
      );
      saveFile(await new Response(counted).blob(), name);
      size.value = received.value;
    } catch (cause) {
      if (!controller.signal.aborted) error.value = cause;
    } finally {
      stop.value = undefined;
    }
  }

  return {
    start,
    /** Aborts the download that runs; undefined when none runs. */
    stop,
    received,
    /** The size of the file that was saved last. */
    size,
    error,
  };
}
