/** Sends the first `length` bytes of `bytes` now. */
export type SendNow = (bytes: Buffer, length: number, port: number, address: string) => void;
