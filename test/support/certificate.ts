// Certificates that tests make for themselves, as a service with HTTPS has one: signed by their own key, for this machine's names.
import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** Both as PEM. */
  readonly key: string;
  readonly cert: string;
}

/** @param names of hosts it is for */
export function makeCertificate(
  from: Date,
  until: Date,
  names: readonly string[] = ['localhost'],
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), text('tests'))));
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const extensions = [
    extension('551d11', sequence(...names.map((host) => der(0x82, Buffer.from(host))))),
    extension('551d13', sequence(der(0x01, Buffer.from([0xff])))), // it signs itself
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, privateKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const text = (words: string) => der(0x0c, Buffer.from(words));
const bits = (value: Uint8Array) => der(0x03, Buffer.from([0]), value);
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
const extension = (hex: string, value: Uint8Array) => sequence(oid(hex), der(0x04, value));
