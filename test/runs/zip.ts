import { fromBuffer } from 'yauzl';

/** Returns the files of a ZIP by their names, as text. */
export function filesInZip(bytes: ArrayBuffer): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const files: Record<string, string> = {};
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, async (fault, stream) => {
          if (fault) return reject(fault);
          const pieces: Buffer[] = [];
          for await (const piece of stream) pieces.push(piece);
          files[entry.fileName] = Buffer.concat(pieces).toString();
          zip.readEntry();
        }),
      );
      zip.once('end', () => resolve(files));
      zip.once('error', reject);
      zip.readEntry();
    });
  });
}
