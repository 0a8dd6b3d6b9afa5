import { rename, writeFile } from 'node:fs/promises';
import { SPEECH_RATE } from './types.ts';

const HEADER_BYTES = 44;
const SAMPLE_BYTES = Int16Array.BYTES_PER_ELEMENT;

/** A WAV file of 16 kHz, mono, signed 16 bit. */
export function wavOf(chunks: readonly Int16Array[]): Buffer {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const wav = Buffer.alloc(HEADER_BYTES + bytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SPEECH_RATE, 24);
  wav.writeUInt32LE(SPEECH_RATE * SAMPLE_BYTES, 28);
  wav.writeUInt16LE(SAMPLE_BYTES, 32);
  wav.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes, 40);
  let at = HEADER_BYTES;
  for (const chunk of chunks) {
    wav.set(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength), at);
    at += chunk.byteLength;
  }
  return wav;
}

/**
 * Writes an utterance to a file, whole or not at all.
 *
 * @returns how many bytes it has
 */
export async function writeUtterance(path: string, chunks: readonly Int16Array[]): Promise<number> {
  const wav = wavOf(chunks);
  const unfinished = `${path}.part`;
  await writeFile(unfinished, wav);
  await rename(unfinished, path);
  return wav.length;
}
