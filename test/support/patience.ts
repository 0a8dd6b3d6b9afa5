import { vi } from 'vitest';

/** A machine that runs other things too may stand still for longer than the second that vitest waits by itself. */
const PATIENCE_MS = 10_000;

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options = { timeout: PATIENCE_MS }) => waitFor(callback, options);
vi.waitUntil = (callback, options = { timeout: PATIENCE_MS }) => waitUntil(callback, options);
