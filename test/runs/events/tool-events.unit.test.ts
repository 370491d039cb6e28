import { expect, it } from 'vitest';
import { eventsOfCall } from '../../../functions/runs/events/tool-events.ts';
import type { ClaimedNode } from '../../../functions/runs/sql/claim.ts';
import type { ToolCallRow } from '../../../functions/runs/sql/turn.ts';
import { answer } from '../../../functions/tools/tool.ts';

/** The fields that an event is made of. */
const node = { name: 'backend', worker: 'backend', provider: 'gemini' } as ClaimedNode;
const callOf = (name: string) =>
  ({ name, turn: 0, call_index: 0, arguments: { query: 'harbour' } }) as unknown as ToolCallRow;
const dataOf = (name: string) => eventsOfCall(node, callOf(name), answer('The gate opens at 9.'), 5)[0]?.data;

it('an event has the output of a call, but not what a tool read of the user’s memory or agents', () => {
  expect(dataOf('read_file')).toMatchObject({ output: 'The gate opens at 9.' });
  for (const name of ['recall', 'village_search'])
    expect(dataOf(name)).toMatchObject({ tool: name, is_error: false, output: '', withheld: true });
});
