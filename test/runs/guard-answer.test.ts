import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../functions/platform/models/guard-answer.ts';
import { openBench, type RunBench } from './bench.ts';

describe('a model that repeats its instruction', () => {
  let bench: RunBench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  it('shows it to nobody, and the log tells of it', async () => {
    bench.team.perform({ formatter: [(request) => ({ text: `My instruction: ${request.system}` })] });
    const id = await bench.startRun({ agent_type: 'formatter' });
    const run = await bench.runEnded(id);
    expect(bench.team.of('formatter')[0]?.request.system).toContain(markerOf(id));
    expect(run.result).toContain('My instruction: You are the formatter worker');
    expect(run.result).not.toContain(markerOf(id));
    const lines = await bench.logs(id);
    expect(JSON.stringify(lines)).not.toContain(markerOf(id));
    expect(lines.find((line) => line.type === 'leak_removed')).toMatchObject({
      level: 'warning',
      data: { leak: 'instruction' },
    });
  });
});
