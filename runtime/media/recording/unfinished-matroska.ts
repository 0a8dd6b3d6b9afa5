import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const SEGMENT_ID = 0x18538067;
const CLUSTER_ID = 0x1f43b675;
const READ_BYTES = 256 * 1024;
/** An element header is at most four bytes of id and eight of size (RFC 8794 §5, §6). */
const MAX_HEADER_BYTES = 12;

type ElementHeader = { id: number; headerBytes: number; dataBytes: number | undefined };

const readElementHeader = (bytes: Uint8Array, offset: number): ElementHeader | undefined => {
  const idLength = Math.clz32(bytes[offset] ?? 0) - 23;
  if (idLength > 4) return undefined;
  const sizeOffset = offset + idLength;
  const sizeLength = Math.clz32(bytes[sizeOffset] ?? 0) - 23;
  if (sizeLength > 8 || sizeOffset + sizeLength > bytes.length) return undefined;
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + (bytes[offset + i] ?? 0);
  const marker = 0xff >> sizeLength;
  let dataBytes = (bytes[sizeOffset] ?? 0) & marker;
  let unknown = dataBytes === marker;
  for (let i = 1; i < sizeLength; i++) {
    const byte = bytes[sizeOffset + i] ?? 0;
    dataBytes = dataBytes * 256 + byte;
    unknown &&= byte === 255;
  }
  return { id, headerBytes: idLength + sizeLength, dataBytes: unknown ? undefined : dataBytes };
};

/** Reads element headers of a file one after another, skipping what they hold. */
class ElementScanner {
  readonly #handle: FileHandle;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  #bufferStart = 0;
  #bufferLength = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async headerAt(position: number): Promise<ElementHeader | undefined> {
    const buffered = this.#bufferStart + this.#bufferLength - position;
    if (position < this.#bufferStart || buffered < MAX_HEADER_BYTES) {
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, READ_BYTES, position);
      this.#bufferStart = position;
      this.#bufferLength = bytesRead;
    }
    if (position >= this.#bufferStart + this.#bufferLength) return undefined;
    return readElementHeader(this.#buffer.subarray(0, this.#bufferLength), position - this.#bufferStart);
  }
}

/**
 * How much of a Matroska file that was left open is whole: the length up to the last complete element. Undefined for
 * a file that is finished (its segment has a size) or is no Matroska file.
 *
 * A process or disk that fails in the middle of a write leaves half a block at the end, which readers take for damage
 * of everything around it.
 */
export const wholeLengthOfUnfinished = async (path: string): Promise<number | undefined> => {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const scanner = new ElementScanner(handle);
    let position = 0;
    let insideSegment = false;
    for (;;) {
      const header = await scanner.headerAt(position);
      if (!header) break;
      if (header.id === SEGMENT_ID) {
        if (header.dataBytes !== undefined) return undefined;
        insideSegment = true;
      }
      const descend =
        header.dataBytes === undefined && (header.id === SEGMENT_ID || header.id === CLUSTER_ID);
      const end = position + header.headerBytes + (descend ? 0 : (header.dataBytes ?? Infinity));
      if (end > size) break;
      position = end;
    }
    return insideSegment ? position : undefined;
  } finally {
    await handle.close();
  }
};

/** The beginning of every Matroska file (RFC 8794 §8.1). */
const EBML_MAGIC = Buffer.of(0x1a, 0x45, 0xdf, 0xa3);
const SIMPLE_BLOCK_ID = 0xa3;
const BLOCK_GROUP_ID = 0xa0;

/**
 * Whether a process was killed before it had written a single whole frame: an empty file, or a Matroska file left open
 * that does not get as far as its first block. False for everything else, whatever it is.
 */
export const isBareBeginning = async (path: string): Promise<boolean> => {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const start = Buffer.alloc(Math.min(size, EBML_MAGIC.length));
    await handle.read(start, 0, start.length, 0);
    if (!start.equals(EBML_MAGIC.subarray(0, start.length))) return false;
    const scanner = new ElementScanner(handle);
    let position = 0;
    for (;;) {
      const header = await scanner.headerAt(position);
      if (!header) return true;
      const { id, headerBytes, dataBytes } = header;
      const isContainer = id === SEGMENT_ID || id === CLUSTER_ID;
      // Of a known size: finished, or written by somebody else.
      if (isContainer && dataBytes !== undefined) return false;
      const end = position + headerBytes + (isContainer ? 0 : (dataBytes ?? Infinity));
      if (end > size) return true;
      if (id === SIMPLE_BLOCK_ID || id === BLOCK_GROUP_ID) return false;
      position = end;
    }
  } finally {
    await handle.close();
  }
};
