import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../../web/rooms/runs/list/rows.ts';
import { idOf } from '../../../../web/rooms/runs/run-id.ts';
import { chosenFor } from '../../../../web/rooms/runs/start/model-choice.ts';

describe('what a user reads about a run', () => {
  it('keeps an error as it is and takes Markdown out of a result', () => {
    expect(outcomeOf({ error: 'send_message failed', result: null })).toBe('send_message failed');
    expect(outcomeOf({ error: null, result: '# Done\n**well**' })).toBe('Done well');
  });

  it('says who chose the model', () => {
    const tenant = (config: Parameters<typeof chosenFor>[0]['worker_config']) => ({ worker_config: config });
    const choice = { provider: 'gemini', model: 'gemini-3.8-flash' } as const;
    expect(chosenFor(tenant({}), 'coder')).toBe('server');
    expect(chosenFor(tenant({ default: choice }), 'coder')).toBe('team');
    expect(chosenFor(tenant({ coder: choice }), 'coder')).toBe('worker');
    expect(chosenFor(tenant({ coder: choice }), undefined)).toBe('server');
  });

  it('asks the server only for ids that a run can have', () => {
    expect(idOf('run_01m8nbf34eeearpxd5nbt3v0wz')).toBe('run_01m8nbf34eeearpxd5nbt3v0wz');
    for (const wrong of ['run_nope', 'run_91m8nbf34eeearpxd5nbt3v0wz', '', undefined, ['run_1']])
      expect(idOf(wrong)).toBeUndefined();
  });
});
