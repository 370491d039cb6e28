import { http } from '@google-cloud/functions-framework';

/** The smallest function of the Functions Framework. */
http('empty', (_request, response) => {
  response.json({ status: 'ok' });
});
