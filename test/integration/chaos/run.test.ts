import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steadyGuest, talkingGuest } from '../../chaos/clips.ts';
import { defectsOf } from '../../chaos/figures.ts';
import type { KillTarget, RunPlan } from '../../chaos/plan.ts';
import { playRun } from '../../chaos/run.ts';
import { openStage, type Surroundings } from '../../chaos/stage.ts';
import { startRtmpServer } from '../../support/rtmp/index.ts';
import { startReceiver } from '../events/receiver.ts';

let owned: AsyncDisposableStack;
let surroundings: Surroundings;

beforeAll(async () => {
  owned = new AsyncDisposableStack();
  surroundings = {
    rtmp: owned.use(await startRtmpServer()),
    receiver: owned.use(await startReceiver(() => ({ status: 200 }))),
    clips: { steady: await steadyGuest(), talking: await talkingGuest() },
  };
});
afterAll(() => owned.disposeAsync());

const killing = (target: KillTarget): RunPlan => ({
  run: 1,
  kills: [{ target, phase: 'running', afterMs: 500, downMs: 300 }],
  goesOnMs: 4000,
  endsBy: 'steps',
});

describe('a chaos run', () => {
  it('finds nothing when the media worker is killed', async () => {
    await using stage = await openStage(surroundings);
    const result = await playRun(killing('worker'), stage);
    expect(defectsOf(result)).toEqual([]);
    expect(result.killed).toEqual(['worker']);
    expect(result.recoveryMs).toHaveLength(1);
  });

  it('finds what has ended and who had to come anew, where a runtime takes up nothing after a crash', async () => {
    await using stage = await openStage(surroundings, { sessionResumeSeconds: 0 });
    const { findings } = await playRun(killing('control'), stage);
    expect(findings.wrongStates).toContainEqual(expect.stringMatching(/although it was not stopped/));
    expect(findings.eventsDoubled).toContain('participant-joined of steady told twice');
    // Nothing of what was told or recorded until then is lost.
    expect(findings).toMatchObject({ eventsLost: [], unplayable: [], orphans: [] });
  });
});
