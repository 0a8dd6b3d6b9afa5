/** Bytes in front of each message between a process and its child: its length. */
export const LENGTH_BYTES = 4;
/** What the first byte behind them says: JSON, or a frame. */
export const CONTROL = 0;
export const FRAME = 1;

/** A control message as it goes over the pipe. */
export const writeControlMessage = (message: object): Buffer => {
  const text = JSON.stringify(message);
  const size = 1 + Buffer.byteLength(text);
  const buffer = Buffer.allocUnsafe(LENGTH_BYTES + size);
  buffer.writeUInt32LE(size, 0);
  buffer.writeUInt8(CONTROL, LENGTH_BYTES);
  buffer.write(text, LENGTH_BYTES + 1);
  return buffer;
};
