/** One box (ISO/IEC 14496-12 §4.2): its size, its type, its contents. */
export const box = (type: string, ...contents: readonly Uint8Array[]): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(contents.reduce((size, part) => size + part.length, 8));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...contents]);
};

/** A box with version and flags in front (ISO/IEC 14496-12 §4.2.2). */
export const fullBox = (
  type: string,
  version: number,
  flags: number,
  ...contents: readonly Uint8Array[]
): Buffer => box(type, u32(version * 2 ** 24 + flags), ...contents);

export const u16 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
};

export const u32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
};

export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
