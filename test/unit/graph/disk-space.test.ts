import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { freeBytes, mustEndRecordings, requireFreeDisk } from '../../../runtime/graph/disk-space.ts';

describe('disk space', () => {
  it('refuses a recording when less is free than is to be kept free, and says how much', () => {
    expect(() => requireFreeDisk(tmpdir(), Number.MAX_SAFE_INTEGER)).toThrow(
      /Only \d+ MB are free in .*keep|kept free/,
    );
    expect(() => requireFreeDisk(tmpdir(), 0)).not.toThrow();
    expect(freeBytes(tmpdir())).toBeGreaterThan(0);
  });

  it('lets running recordings go on until half of what is kept free is used up', () => {
    expect(mustEndRecordings(200, 300)).toBe(false);
    expect(mustEndRecordings(149, 300)).toBe(true);
  });
});
