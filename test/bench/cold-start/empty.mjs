import { http } from '@google-cloud/functions-framework';

/** The least that can be deployed with the Functions Framework. */
http('empty', (_request, response) => {
  response.json({ status: 'ok' });
});
