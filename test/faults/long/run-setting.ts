import { openFaultBench } from '../bench/bench.ts';
import { MODEL_FAULTS, mixedPlay, taskOf } from '../bench/mixed-play.ts';
import { SHORT_PLAY } from '../bench/plays.ts';
import { type Cluster, hasPostgresPrograms, startCluster } from '../bench/processes/cluster.ts';
import { playFaultFree, playTrials, pointsOf } from '../bench/trials.ts';
import { startChaos } from './chaos.ts';
import { type Load, startLoad } from './load.ts';
import { watchRecovery } from './recovery.ts';
import { PATIENCE_MS, randomOf, type Setting } from './settings.ts';
import type { SettingResult } from './table.ts';
import { judge, outcomeWithoutMark } from './verdict.ts';

const MODEL_FAULT_SHARE = 0.03;
/** A call of a silent model is aborted after half of this. */
const MODEL_TIMEOUT_SECONDS = 6;

/** Runs one setting on a fresh database. Returns its result. */
export async function runSetting(setting: Setting): Promise<SettingResult> {
  const cluster = hasPostgresPrograms ? await startCluster() : undefined;
  const random = randomOf(setting.seed);
  const progress = { started: 0, ended: 0 };
  const bench = await openFaultBench({
    workers: setting.workers,
    leaseSeconds: setting.leaseSeconds,
    sweepMs: setting.sweepMs,
    resumes: setting.resumes,
    ...(cluster ? { databaseUrl: cluster.url } : {}),
    variables: { MODEL_TIMEOUT_SECONDS: String(MODEL_TIMEOUT_SECONDS) },
  });
  try {
    bench.team.perform(mixedPlay(() => undefined));
    const faultFree = { short: await playFaultFreeRun('short'), team: await playFaultFreeRun('team') };
    const recovery = watchRecovery(bench.pool);
    const startedAt = performance.now();
    const chaos = startChaos({ bench, cluster, setting, recovery, random });
    bench.team.perform(
      mixedPlay(() => {
        if (random() >= MODEL_FAULT_SHARE) return undefined;
        const fault = MODEL_FAULTS[Math.floor(random() * MODEL_FAULTS.length)];
        if (fault) chaos.count(fault.name);
        return fault;
      }),
    );
    const told = setInterval(() => {
      const faults = [...chaos.counts.values()].reduce((sum, count) => sum + count, 0);
      console.error(`${setting.name}: ${progress.started} runs started, ${progress.ended} ended, ${faults} faults`);
    }, 15_000);
    const load = await startLoad(bench, setting, random, progress, AbortSignal.timeout(setting.minutes * 60_000));
    clearInterval(told);
    const ids = load.runs.map(({ id }) => id);
    await chaos.stop();
    bench.team.perform(mixedPlay(() => undefined));
    const endedDuringFaults = await endedOf(ids);
    await bench.ended(ids, PATIENCE_MS).catch(() => undefined);
    recovery.close();
    return {
      setting,
      load,
      verdict: await judge(bench, load, faultFree),
      faults: chaos.counts,
      recoverySeconds: recovery.seconds,
      unrecovered: recovery.waiting(),
      endedDuringFaults,
      wallSeconds: (performance.now() - startedAt) / 1_000,
      errorLines: bench.workers.reduce(
        (sum, worker) => sum + (worker.output().match(/"severity":"error"/g)?.length ?? 0),
        0,
      ),
    };
  } finally {
    await bench.close();
    await cluster?.close();
  }

  async function playFaultFreeRun(kind: 'short' | 'team') {
    const person = await bench.signIn();
    const team = kind === 'team' ? ['backend', 'frontend'] : ['backend'];
    const id = await bench.start(person, { task: taskOf(kind, 0), team });
    await bench.ended([id], 120_000);
    return outcomeWithoutMark(bench, id);
  }

  async function endedOf(ids: Load['runs'][number]['id'][]): Promise<number> {
    const { rows } = await bench.pool.query('select id from sessions where id = any($1) and completed_at is not null', [
      ids,
    ]);
    return rows.length;
  }
}

/** Cuts the connection, and then kills the process, at every statement of a sprint. */
export async function runEveryStatement(): Promise<{ text: string; broken: string[] }> {
  const cluster: Cluster | undefined = hasPostgresPrograms ? await startCluster() : undefined;
  const bench = await openFaultBench({
    workers: 3,
    play: SHORT_PLAY,
    ...(cluster ? { databaseUrl: cluster.url } : {}),
  });
  try {
    const faultFree = await playFaultFree(bench);
    const points = pointsOf(faultFree.trace);
    const options = { patienceMs: 120_000 };
    const cut = await playTrials(bench, faultFree, points, { ...options, atOnce: 40 });
    const killed = await playTrials(bench, faultFree, points, { ...options, atOnce: 6, kill: true });
    const text = `every statement: ${faultFree.trace.length} statements, ${cut.injected} connections cut, ${killed.restarts} processes killed, ${cut.wrong.length + killed.wrong.length} differences`;
    return { text, broken: [...cut.wrong, ...killed.wrong] };
  } finally {
    await bench.close();
    await cluster?.close();
  }
}
