/**
 * The samples of a WAV file of 16 kHz, mono, 16 bit: what a service is sent.
 *
 * @throws when it is another file
 */
export function samplesOf(wav: Buffer): Int16Array {
  const format = chunkOf(wav, 'fmt ');
  const [channels, rate, bits] = [format.readUInt16LE(2), format.readUInt32LE(4), format.readUInt16LE(14)];
  if (channels !== 1 || rate !== 16_000 || bits !== 16) {
    throw new Error(`Not 16 kHz, mono, 16 bit, but ${rate} Hz, ${channels} channels, ${bits} bit.`);
  }
  const data = chunkOf(wav, 'data');
  // A copy lies at an even address.
  return new Int16Array(new Uint8Array(data).buffer, 0, data.length >> 1);
}

function chunkOf(wav: Buffer, name: string): Buffer {
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('Not a WAV file.');
  }
  for (let at = 12; at + 8 <= wav.length;) {
    const length = wav.readUInt32LE(at + 4);
    if (wav.toString('latin1', at, at + 4) === name) return wav.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  throw new Error(`A WAV file without ${name}.`);
}
