import { describe, expect, it } from 'vitest';
import { callTreeOf, totalMicroseconds, type CpuProfile } from '../../../bench/cpu-profile.ts';
import { flameGraphOf } from '../../../bench/flame-graph.ts';
import { stepMicroseconds } from '../../../bench/forward/packet-steps.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 });

/** 100 µs of sending, 50 of encrypting, 30 of decrypting with the same cipher, 20 of collecting, 1000 idle. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 4, 8] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('(garbage collector)') },
    {
      id: 4,
      callFrame: frame('#forward', 'file:///srv/runtime/webrtc/send/forwarder.ts'),
      children: [5, 6],
    },
    { id: 5, callFrame: frame('send') },
    { id: 6, callFrame: frame('protect', 'file:///srv/runtime/webrtc/fast-path/srtp/a.ts'), children: [7] },
    { id: 7, callFrame: frame('update') },
    {
      id: 8,
      callFrame: frame('unprotect', 'file:///srv/runtime/webrtc/fast-path/srtp/b.ts'),
      children: [9],
    },
    { id: 9, callFrame: frame('update') },
  ],
  samples: [5, 7, 2, 9, 3, 1],
  timeDeltas: [7, 100, 50, 1000, 30, 20],
};

describe('a profile of the processor', () => {
  it('counts what ran, not what was idle', () => {
    expect(totalMicroseconds(callTreeOf(profile))).toBe(200);
  });

  it('tells what each step of a packet took: a cipher called by decrypting is decrypting', () => {
    expect(stepMicroseconds(profile)).toMatchObject({
      'system call': 100,
      encrypt: 50,
      unprotect: 30,
      'garbage collection': 20,
      header: 0,
      other: 0,
    });
  });

  it('is drawn with a tooltip on each bar, whatever functions are called', () => {
    const graph = flameGraphOf(profile, 'Before <and> after');
    expect(graph).toContain('Before &lt;and&gt; after');
    expect(graph).toContain('<title>send: 50.0 %, 0.1 ms</title>');
    expect(graph).toContain('<title>#forward · runtime/webrtc/send/forwarder.ts:10: 75.0 %, 0.1 ms</title>');
    expect(graph).not.toContain('(idle)');
  });
});
