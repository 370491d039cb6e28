import { NotNow } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { ENGINE_VERSION } from './run.ts';

/** A deployment goes from one version to the next within minutes. */
const AGAIN_AFTER_SECONDS = 15;

/**
 * What a task is answered whose run another engine writes: nothing of the run was touched. A newer engine's task comes again until an instance of that engine has
 * it, as while a new version is rolled out; an older one's is not rung by us, and `measure_engine` counts the run.
 * @throws NotNow for a newer engine's run
 */
export function leaveToOtherEngine(runId: string, version: number): void {
  if (version > ENGINE_VERSION)
    throw new NotNow(`the run ${runId} is of engine ${version}, this is ${ENGINE_VERSION}`, AGAIN_AFTER_SECONDS);
  log('warning', 'a run of an engine that is too old was left alone', { run_id: runId, engine_version: version });
}
