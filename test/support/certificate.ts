import { generateKeyPairSync, sign } from 'node:crypto';

/**
 * Returns a new self-signed certificate for this host name, as PEM, for a server on loopback. It is generated on each
 * call, so that the repository contains no private key.
 */
export function selfSigned(name: string): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = sequence(set(sequence(COMMON_NAME, utf8(name))));
  const day = 24 * 3600 * 1000;
  const toBeSigned = sequence(
    tagged(0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(Date.now() - day), time(Date.now() + day)),
    issuer,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(sequence(ALTERNATIVE_NAME, octets(sequence(element(0x82, Buffer.from(name))))))),
  );
  const signature = element(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const der = sequence(toBeSigned, ECDSA_WITH_SHA256, signature);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

/** Encodes an element in DER: tag, length, content. */
function element(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...contents: Buffer[]): Buffer {
  return element(0x30, ...contents);
}

function set(content: Buffer): Buffer {
  return element(0x31, content);
}

function tagged(number: number, content: Buffer): Buffer {
  return element(0xa0 + number, content);
}

function integer(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

function utf8(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

/** Encodes a UTCTime: `YYMMDDHHMMSSZ`. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-T:]/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex');
