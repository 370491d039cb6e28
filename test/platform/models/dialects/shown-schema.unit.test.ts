import { expect, test } from 'vitest';
import { z } from 'zod';
import { shownSchema } from '../../../../functions/platform/models/dialects/shown-schema.ts';

test('leaves out bounds of length that servers with grammars reject, and keeps the others', () => {
  const schema = z.strictObject({
    code: z.string().min(1).max(2_000),
    maxLength: z.int().max(5_000),
    items: z.array(z.strictObject({ name: z.string().max(1_999), text: z.string().max(20_000).optional() })).max(3_000),
  });
  expect(shownSchema(schema)).toMatchObject({
    properties: {
      code: { type: 'string', minLength: 1 },
      maxLength: { type: 'integer', maximum: 5_000 },
      items: { items: { properties: { name: { maxLength: 1_999 }, text: { type: 'string' } } } },
    },
  });
  expect(JSON.stringify(shownSchema(schema))).not.toMatch(/"(maxLength|maxItems)":(2000|3000|20000)\b/);
  expect(schema.safeParse({ code: 'x'.repeat(2_001), maxLength: 1, items: [] }).error?.message).toContain('2000');
});
