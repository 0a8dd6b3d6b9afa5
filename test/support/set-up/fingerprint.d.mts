export function fingerprint(paths: readonly string[], ...more: readonly string[]): string;
export function isStamped(stamp: string, value: string): boolean;
export function writeStamp(stamp: string, value: string): void;
