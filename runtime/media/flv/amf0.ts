/** A value of ActionScript's serialisation, as far as metadata needs it. */
type Amf0Value = number | boolean | string;

/** `AMF0 §2.1`: the type markers used here. */
const NUMBER = 0x00;
const BOOLEAN = 0x01;
const STRING = 0x02;
const ECMA_ARRAY = 0x08;
/** An empty name and marker 0x09 end an array (AMF0 §2.11). */
const END_OF_ARRAY = Uint8Array.of(0, 0, 0x09);

/** A named call with one associative array, such as FLV's `onMetaData` (AMF0 §2.10, FLV 10.1 §E.4.4.2). */
export function amf0Call(name: string, values: Readonly<Record<string, Amf0Value>>): Uint8Array {
  const entries = Object.entries(values);
  const count = Buffer.alloc(5);
  count[0] = ECMA_ARRAY;
  count.writeUInt32BE(entries.length, 1);
  return Buffer.concat([
    Uint8Array.of(STRING),
    text(name),
    count,
    ...entries.flatMap(([key, value]) => [text(key), encoded(value)]),
    END_OF_ARRAY,
  ]);
}

function encoded(value: Amf0Value): Uint8Array {
  if (typeof value === 'string') {
    return Buffer.concat([Uint8Array.of(STRING), text(value)]);
  }
  if (typeof value === 'boolean') {
    return Uint8Array.of(BOOLEAN, value ? 1 : 0);
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = NUMBER;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** UTF-8 behind its 16-bit length. */
function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
