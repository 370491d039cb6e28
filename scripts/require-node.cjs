// Plain old JavaScript on purpose: it must parse on any Node to say which Node is needed.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'ApexFlow needs Node 24 or later and this is ' +
      process.version +
      '. On Linux `npm install` brings it (run it again without --omit=optional); elsewhere install Node 24.',
  );
  process.exit(1);
}
