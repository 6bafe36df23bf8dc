// The name of a file's content: SHA-256 of its bytes, in hex.
import { createHash } from 'node:crypto';

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What Git calls content. @param digits of a name in that repository: 40, or 64 where it hashes with SHA-256 */
export function blobName(bytes: Uint8Array, digits: number): string {
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
