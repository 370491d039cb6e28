import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';

/**
 * What could be remembered from an exchange, shown under its answer. Nothing is a fact before the user keeps it. The
 * origin says whose words it was read in: `person` or `answer`, which may repeat what a page or a tool said.
 */
export const Learned = z.strictObject({
  id: idSchema('lrn'),
  message_id: z.string().meta({ description: 'The answer' }),
  text: z.string(),
  category: z.string(),
  origin: z.enum(['person', 'answer']),
  status: z.enum(['proposed', 'kept', 'declined']),
  memory_id: z.string().nullable().meta({ description: 'The fact that it was kept as' }),
  decided_at: z.string().nullable(),
  created_at: z.string(),
});
export type Learned = z.infer<typeof Learned>;
