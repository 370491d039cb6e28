/** The files that the rehearsal's backend worker writes: a small, working Express server. */

export const BACKEND_PACKAGE = `{
  "name": "counter-backend",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": {
    "start": "node server.js",
    "test": "node --test"
  },
  "dependencies": {
    "express": "^5.1.0"
  }
}
`;

export const BACKEND_SERVER = `import { fileURLToPath } from 'node:url';
import express from 'express';

let value = 0;

const app = express();
app.use(express.static(fileURLToPath(new URL('../frontend', import.meta.url))));

app.get('/api/counter', (_request, response) => {
  response.json({ value });
});

app.post('/api/counter/increment', (_request, response) => {
  value += 1;
  response.json({ value });
});

const port = Number(process.env.PORT ?? 3000);
app.listen(port, () => {
  console.log(\`Counter on http://localhost:\${port}\`);
});
`;

export const BACKEND_TEST = `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const source = readFileSync(new URL('./server.js', import.meta.url), 'utf8');

test('the server answers the two routes of the counter', () => {
  assert.match(source, /app\\.get\\('\\/api\\/counter'/);
  assert.match(source, /app\\.post\\('\\/api\\/counter\\/increment'/);
});
`;
