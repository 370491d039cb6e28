// Old JavaScript, because this file must run on any version of Node to say which version is needed.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    'ApexFlow needs Node 24 or later. This is ' +
      process.version +
      '. On Linux, `npm install` without --omit=optional installs it. On other systems, install Node 24.',
  );
  process.exit(1);
}
