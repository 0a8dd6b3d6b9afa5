import { describe, expect, it } from 'vitest';
import { SharedRecordings } from '../../../runtime/graph/shared-recordings.ts';

function recordings() {
  const stopped: string[] = [];
  let begun = 0;
  const shared = new SharedRecordings((stepId) => {
    stopped.push(stepId);
    return Promise.resolve();
  });
  const begin = (): Promise<string> => {
    begun += 1;
    return Promise.resolve(`stp_${begun}`);
  };
  return {
    stopped,
    hold: (running?: string, beginning = begin) => shared.hold('room', running, beginning),
  };
}

describe('a recording beside broadcasts', () => {
  it('is one for all of them, and ends with the last', async () => {
    const { hold, stopped } = recordings();
    const hls = await hold();
    const livestream = await hold('stp_1');
    expect([hls.stepId, livestream.stepId]).toEqual(['stp_1', 'stp_1']);
    await hls.release();
    await hls.release();
    expect(stopped).toEqual([]);
    await livestream.release();
    expect(stopped).toEqual(['stp_1']);
    expect((await hold()).stepId).toBe('stp_2');
  });

  it('is one for broadcasts that begin in the same moment', async () => {
    const { hold, stopped } = recordings();
    const [one, other] = await Promise.all([hold(), hold()]);
    expect(one.stepId).toBe(other.stepId);
    await one.release();
    expect(stopped).toEqual([]);
  });

  it('goes on after all of them when somebody else began it', async () => {
    const { hold, stopped } = recordings();
    const held = await hold('stp_own');
    expect(held.stepId).toBe('stp_own');
    await held.release();
    expect(stopped).toEqual([]);
  });

  it('is a new one when somebody has ended it meanwhile', async () => {
    const { hold, stopped } = recordings();
    const first = await hold();
    const second = await hold(undefined);
    expect(second.stepId).toBe('stp_2');
    await first.release();
    expect(stopped).toEqual(['stp_1']);
    await second.release();
    expect(stopped).toEqual(['stp_1', 'stp_2']);
  });

  it('can be tried again when it could not begin', async () => {
    const { hold } = recordings();
    const failed = hold(undefined, () => Promise.reject(new Error('disk full')));
    await expect(failed).rejects.toThrow('disk full');
    expect((await hold()).stepId).toBe('stp_1');
  });
});
