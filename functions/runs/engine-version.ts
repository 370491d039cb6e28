import { NotNow } from '../platform/errors.ts';
import { log } from '../platform/log.ts';

/**
 * Version of the state that this engine writes into `sessions` and `run_nodes`. Increase it when an older engine could
 * not continue a run that the new engine has written. `test/runs/fixtures/` keeps stored states of each version.
 */
export const ENGINE_VERSION = 1;

/** A deployment replaces all instances within minutes, so a retry soon reaches an instance of the new engine. */
const RETRY_AFTER_SECONDS = 15;

/**
 * Tells whether this engine may continue a run. A run of an older engine is logged and left as it is;
 * `runs-measure-engine` counts it.
 * @throws NotNow when a newer engine wrote the run: the task is retried until an instance of that engine receives it
 */
export function isOwnEngine(runId: string, version: number): boolean {
  if (version > ENGINE_VERSION) {
    throw new NotNow(
      `The run ${runId} was written by engine ${version}; this instance has engine ${ENGINE_VERSION}.`,
      RETRY_AFTER_SECONDS,
    );
  }
  if (version < ENGINE_VERSION) {
    log('warning', 'run skipped: its engine version is no longer supported', {
      run_id: runId,
      engine_version: version,
    });
  }
  return version === ENGINE_VERSION;
}
