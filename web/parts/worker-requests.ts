/** A question to a shared worker. Answers undefined when the worker failed or took too long: the caller then does without. */
export type Ask<Input, Output> = (input: Input) => Promise<Output | undefined>;

interface Waiting<Output> {
  resolve: (output: Output | undefined) => void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * Returns a function that asks one worker, which starts with the first question. A worker that fails or that takes longer
 * than `timeout` is ended, and every open question gets undefined. The next question starts another; after 3 failures no
 * worker is started any more.
 */
export function requestsOf<Input, Output>(start: () => Worker, timeout: number): Ask<Input, Output> {
  let worker: Worker | undefined;
  let failures = 0;
  let lastId = 0;
  const waiting = new Map<number, Waiting<Output>>();

  const settle = (id: number, output: Output | undefined): void => {
    const request = waiting.get(id);
    if (!request) return;
    waiting.delete(id);
    clearTimeout(request.timer);
    request.resolve(output);
  };
  const fail = (): void => {
    failures += 1;
    worker?.terminate();
    worker = undefined;
    for (const id of [...waiting.keys()]) settle(id, undefined);
  };
  const running = (): Worker => {
    if (worker) return worker;
    worker = start();
    worker.onmessage = ({ data }: MessageEvent<{ id: number; output?: Output }>) => settle(data.id, data.output);
    worker.onerror = (event) => {
      event.preventDefault();
      fail();
    };
    return worker;
  };

  return (input) =>
    new Promise((resolve) => {
      if (failures >= 3) return resolve(undefined);
      lastId += 1;
      waiting.set(lastId, { resolve, timer: setTimeout(fail, timeout) });
      try {
        running().postMessage({ id: lastId, input });
      } catch {
        fail();
      }
    });
}
