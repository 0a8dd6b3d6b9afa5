import { describe, expect, it } from 'vitest';
import { samplesOf, sumOf } from '../../../../runtime/web/console/health/prometheus.ts';

const text = `# HELP roomflow_worker_packets RTP packets
# TYPE roomflow_worker_packets gauge
roomflow_worker_packets{worker="0",direction="in"} 120
roomflow_worker_packets{worker="1",direction="in"} 30
roomflow_worker_packets{worker="0",direction="out"} 4
roomflow_sessions 2 1700000000000
odd{name="a \\"quoted\\" one"} 1.5e3
not a sample
`;

describe('metrics', () => {
  it('are added up over all samples that have the labels asked for', () => {
    const samples = samplesOf(text);
    expect(samples).toHaveLength(5);
    expect(sumOf(samples, 'roomflow_worker_packets', { direction: 'in' })).toBe(150);
    expect(sumOf(samples, 'roomflow_worker_packets')).toBe(154);
    expect(sumOf(samples, 'roomflow_sessions')).toBe(2);
    expect(sumOf(samples, 'odd')).toBe(1500);
    expect(sumOf(samples, 'roomflow_unheard_of')).toBeNull();
  });
});
