import { z } from 'zod';
import { answer, tool } from '../../tools/tool.ts';

/** Asks the person whose run it is. The node waits without holding anything, for days if need be, and goes on with the one answer. */
export const askPerson = tool({
  name: 'ask_person',
  description:
    'Asks the person one question and waits for the answer. Only for what you cannot find out or decide yourself: people may answer days later.',
  parameters: z.strictObject({
    question: z.string().trim().min(1).max(4_000),
    options: z.array(z.string().trim().min(1).max(200)).max(10).optional().describe('answers to choose from, if any'),
  }),
  safeToRepeat: true,
  execute: async ({ question, options }, context) => {
    if (context.personAnswer !== undefined) return answer(`The person answered:\n${context.personAnswer}`);
    return { status: 'asking', question: { text: question, ...(options ? { options } : {}) } };
  },
});
