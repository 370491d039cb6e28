import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { api, newKey } from '../../api/client.ts';
import { ApiError, dataOf } from '../../api/problem.ts';
import type { AskedQuestion } from '../../parts/question.ts';

export interface ToolCall {
  run_id: string;
  status: string;
  output: string | null;
  is_error: boolean | null;
  duration_ms: number | null;
  question_id: string | null;
}

/** The server answers after this time at the latest, so that the page can name the run. */
const WAIT_SECONDS = 5;

/**
 * Calls a tool and follows the call to its end. Each request has the key of the first one: the server returns the same
 * call and waits again.
 */
export function useCall() {
  const call = shallowRef<ToolCall>();
  const question = shallowRef<AskedQuestion>();
  const error = shallowRef<unknown>();
  const isBusy = ref(false);
  const leaving = new AbortController();
  onBeforeUnmount(() => leaving.abort());
  let follow: () => Promise<void> = async () => undefined;

  async function run(name: string, parameters: Record<string, unknown>) {
    const header = { 'Idempotency-Key': newKey() };
    const params = { query: { wait: WAIT_SECONDS }, header };
    const body = { name, arguments: parameters };
    call.value = undefined;
    follow = async () => {
      isBusy.value = true;
      error.value = undefined;
      question.value = undefined;
      try {
        do {
          const { signal } = leaving;
          call.value = await dataOf(api.POST('/api/v1/tools/execute', { params, body, signal }));
        } while (isUnderWay(call.value));
        if (call.value.status === 'waiting_input') question.value = await readQuestion(call.value);
      } catch (problem) {
        if (!leaving.signal.aborted) error.value = problem;
      } finally {
        isBusy.value = false;
      }
    };
    await follow();
  }

  /** Returns what the server says about an argument, by its path. */
  const faultsOfServer = () => {
    const errors = error.value instanceof ApiError ? (error.value.problem?.errors ?? []) : [];
    const own = errors.filter(({ path }) => path.startsWith('body.arguments.'));
    return Object.fromEntries(own.map(({ path, message }) => [path.slice('body.arguments.'.length), message]));
  };

  return { call, question, error, isBusy, run, goOn: () => follow(), faultsOfServer };
}

function isUnderWay({ status }: ToolCall): boolean {
  return status === 'queued' || status === 'running';
}

async function readQuestion({ run_id: id, question_id }: ToolCall): Promise<AskedQuestion | undefined> {
  const run = await dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } } }));
  return run.questions.find((asked) => asked.id === question_id);
}
