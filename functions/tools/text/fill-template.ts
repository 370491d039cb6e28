import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, failure, tool } from '../tool.ts';
import { fillIn } from './fill-in.ts';

/** Fills a template with values, without any code in the template. */
export const fillTemplate = tool({
  name: 'fill_template',
  description:
    'Fills a template: {{name}} and {{person.city}} become values; {{#items}}…{{/items}} is repeated for each item of a list, where {{name}} is a member of the item and {{.}} the item itself, and is kept or dropped for true and false; {{^items}}…{{/items}} is kept when the list is empty or the value is false or absent. Values are written as they are, not escaped. A name without a value is an error.',
  parameters: z.strictObject({
    template: textArgument('Such as: Dear {{name}}, you ordered {{#items}}{{count}} × {{title}}; {{/items}}'),
    values: z.record(z.string(), z.unknown()).meta({ description: 'The values by name' }),
  }),
  safeToRepeat: true,
  execute: async ({ template, values }) => {
    const filled = fillIn(template, values);
    return filled.status === 'filled'
      ? answer(filled.text)
      : failure(`The template cannot be filled: ${filled.reason}.`);
  },
});
