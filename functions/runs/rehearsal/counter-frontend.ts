/** The files that the rehearsal's frontend worker writes: a page, its style and its script. */

export const FRONTEND_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Counter</title>
    <link rel="stylesheet" href="style.css" />
  </head>
  <body>
    <main>
      <h1>Counter</h1>
      <output id="value" aria-live="polite">–</output>
      <button id="increment" type="button">Add one</button>
      <p id="problem" role="alert" hidden></p>
    </main>
    <script type="module" src="script.js"></script>
  </body>
</html>
`;

export const FRONTEND_STYLE = `:root {
  color-scheme: light dark;
  font-family: system-ui, sans-serif;
}

body {
  display: grid;
  min-height: 100vh;
  margin: 0;
  place-items: center;
}

main {
  text-align: center;
}

output {
  display: block;
  font-size: 5rem;
  font-variant-numeric: tabular-nums;
}

button {
  padding: 0.75rem 1.5rem;
  font: inherit;
}
`;

export const FRONTEND_SCRIPT = `const value = document.getElementById('value');
const problem = document.getElementById('problem');

async function show(path, options) {
  try {
    const response = await fetch(path, options);
    if (!response.ok) throw new Error(\`The server answered \${response.status}\`);
    value.textContent = (await response.json()).value;
    problem.hidden = true;
  } catch (error) {
    problem.textContent = \`The counter cannot be reached: \${error.message}\`;
    problem.hidden = false;
  }
}

document.getElementById('increment').addEventListener('click', () => show('/api/counter/increment', { method: 'POST' }));
await show('/api/counter');
`;
