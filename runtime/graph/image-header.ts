export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'svg';

/** What an image says of itself before anything is decoded. An SVG has no size in pixels. */
export type ImageHeader = { format: ImageFormat; width: number; height: number };

/**
 * Reads an image's format and size from its first bytes, so that one which claims to be gigantic is refused before
 * memory is given to it.
 *
 * @returns null for anything that is no PNG, JPEG, WebP or SVG.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return pngHeader(data) ?? jpegHeader(data) ?? webpHeader(data) ?? svgHeader(data);
}

/** PNG, 2nd edition, 5.2 and 11.2.2. */
function pngHeader(data: Buffer): ImageHeader | null {
  if (data.length < 24 || data.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return null;
  return { format: 'png', width: data.readUInt32BE(16), height: data.readUInt32BE(20) };
}

/** ITU-T T.81, annex B: segments up to the first frame header (SOF). */
function jpegHeader(data: Buffer): ImageHeader | null {
  if (data.length < 4 || data.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= data.length;) {
    const marker = data.readUInt8(at + 1);
    if (data.readUInt8(at) !== 0xff) return null;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { format: 'jpeg', height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    }
    at += 2 + data.readUInt16BE(at + 2);
  }
  return null;
}

/** RFC 9649, section 2: a lossy, a lossless or an extended file. */
function webpHeader(data: Buffer): ImageHeader | null {
  if (
    data.length < 30 ||
    data.toString('latin1', 0, 4) !== 'RIFF' ||
    data.toString('latin1', 8, 12) !== 'WEBP'
  )
    return null;
  const size = (width: number, height: number): ImageHeader => ({ format: 'webp', width, height });
  switch (data.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return size(data.readUInt16LE(26) & 0x3fff, data.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const bits = data.readUInt32LE(21);
      return size((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
    }
    case 'VP8X':
      return size(data.readUIntLE(24, 3) + 1, data.readUIntLE(27, 3) + 1);
    default:
      return null;
  }
}

/** A comment ends at its first `-->`: were it free to go on, many in a row would be tried in all combinations. */
function svgHeader(data: Buffer): ImageHeader | null {
  const beginning = data.toString('utf8', 0, 1000).replace(/^\uFEFF/, '');
  return /^\s*(<\?xml[^>]*>\s*)?((<!--((?!-->)[^])*-->|<!DOCTYPE[^>]*>)\s*)*<svg[\s>]/i.test(beginning)
    ? { format: 'svg', width: 0, height: 0 }
    : null;
}
