import { expect, test } from 'vitest';
import { createCurrentTime, currentTime } from '../../../functions/tools/calculation/current-time.ts';
import { callTool, type Tool, type ToolContext } from '../../../functions/tools/tool.ts';

// current_time does not use its context.
const context = {} as ToolContext;

async function ask(tool: Tool, parameters: unknown): Promise<string> {
  const outcome = await callTool([tool], 'current_time', parameters, context);
  return outcome.status === 'completed' ? outcome.output : outcome.status;
}

test.each([
  ['2026-11-21T23:30:05Z', undefined, '2026-11-21T23:30:05+00:00 (Saturday, UTC)'],
  ['2026-11-21T23:30:05Z', 'Europe/Berlin', '2026-11-22T00:30:05+01:00 (Sunday, Europe/Berlin)'],
  ['2026-07-01T12:00:00Z', 'Europe/Berlin', '2026-07-01T14:00:00+02:00 (Wednesday, Europe/Berlin)'],
  ['2026-07-01T12:00:00Z', 'America/New_York', '2026-07-01T08:00:00-04:00 (Wednesday, America/New_York)'],
  ['2026-07-01T12:00:00Z', 'Asia/Kolkata', '2026-07-01T17:30:00+05:30 (Wednesday, Asia/Kolkata)'],
])('%s in %s is %s', async (moment, zone, said) => {
  const tool = createCurrentTime(() => new Date(moment));
  expect(await ask(tool, zone === undefined ? {} : { time_zone: zone })).toBe(said);
});

test('uses the clock of this process by default', async () => {
  const before = Date.now();
  const said = Date.parse((await ask(currentTime, {})).slice(0, 25));
  // The answer has whole seconds.
  expect(said).toBeGreaterThan(before - 1_000);
  expect(said).toBeLessThanOrEqual(Date.now());
});

test.each(['Mars/Olympus', '', '<b>', 'x'.repeat(101)])('rejects the time zone %j', async (zone) => {
  expect(await ask(currentTime, { time_zone: zone })).toContain('The arguments of current_time are wrong');
});
