import { http } from '@google-cloud/functions-framework';
import pg from 'pg';

/** The same query as an HTTP function, written as in the documentation of the Functions Framework. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.DB_POOL_MAX) });

http('readPerson', async (request, response) => {
  const id = request.path.split('/').at(-1);
  const { rows } = await pool.query({
    name: 'find',
    text: 'select id, name, email from bench_people where id = $1',
    values: [id],
  });
  response.json(rows[0]);
});
