import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeal } from '../../../runtime/config/index.ts';
import type { StepState } from '../../../runtime/contract/index.ts';
import {
  findStep,
  keepStepSecrets,
  listStepTransitions,
  moveStep,
  readEvents,
  readStepSecrets,
} from '../../../runtime/store/index.ts';
import { openHouse, type SimulatedHouse } from '../../support/graphs/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';
import { settled } from './instances/support/instances.ts';

let folder: TemporaryDirectory;
let house: SimulatedHouse;
let roomId: string;
let errors: unknown[];
const open = async (more: Partial<Parameters<typeof openHouse>[0]> = {}): Promise<void> => {
  house = await openHouse({
    file: folder.entry('roomflow.db'),
    onError: (error) => errors.push(error),
    ...more,
  });
};
beforeEach(async () => {
  errors = [];
  folder = await temporaryDirectory();
  await open();
  roomId = house.directory.create({}).roomId;
  house.join(roomId, 'ada');
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function restart(more: Parameters<typeof open>[0] = {}): Promise<void> {
  await house.crash();
  await open(more);
}

/** A tap that runs, or was in another state when the runtime was killed. */
async function startTap(state: StepState = 'running', reason = 'requested'): Promise<string> {
  const { stepId } = await house.steps.start(roomId, {
    step: 'tap',
    with: { participantId: 'ada', kinds: ['audio'] },
  });
  await settled(() => house.steps.get(stepId).state === 'running');
  if (state !== 'running') {
    moveStep(house.store, stepId, { from: 'running', to: state, reason, at: '', ended: false });
  }
  return stepId;
}

const inState = (stepId: string, state: StepState): Promise<void> =>
  settled(() => house.steps.get(stepId).state === state);

/** What has been told of a step since it ran for the first time. */
function told(stepId: string): string[] {
  const changes = readEvents(house.store, { after: 0, types: ['step-changed'] })
    .map(({ data }) => JSON.parse(data) as { stepId: string; from: string; to: string; reason: string })
    .filter((data) => data.stepId === stepId);
  const ran = changes.findIndex(({ to }) => to === 'running');
  return changes.slice(ran + 1).map(({ from, to, reason }) => `${from} → ${to}: ${reason}`);
}

describe('a step whose runtime was killed', () => {
  it('is taken up again with what it was started with, in its next part, when it ran', async () => {
    const stepId = await startTap();
    const before = house.media.running()[0]!;
    await restart();
    await inState(stepId, 'running');
    expect(house.media.running()).toEqual([{ ...before, part: 2, directory: expect.any(String) as string }]);
    expect(told(stepId)).toEqual([
      'running → retrying: runtime-restarted',
      'retrying → running: runtime-restarted',
    ]);
    expect(errors).toEqual([]);
  });

  it('is taken up again when it was being started: its first part may have left files', async () => {
    const stepId = await startTap('starting');
    await restart();
    await inState(stepId, 'running');
    expect(house.media.running()[0]!.part).toBe(2);
    expect(told(stepId)).toEqual([
      'starting → retrying: runtime-restarted',
      'retrying → running: runtime-restarted',
    ]);
  });

  it('is started as ever when it had only been asked for', async () => {
    const stepId = await startTap('pending');
    await restart();
    await inState(stepId, 'running');
    expect(house.media.running()[0]!.part).toBe(1);
    expect(told(stepId)).toEqual(['pending → starting: requested', 'starting → running: requested']);
  });

  it('is taken up once more, without a word, when it was being taken up', async () => {
    const stepId = await startTap('retrying', 'worker lost: killed');
    await restart();
    await inState(stepId, 'running');
    expect(house.media.running()[0]!.part).toBe(2);
    expect(told(stepId)).toEqual(['retrying → running: worker lost: killed']);
  });

  it('comes to its end, for the reason it had, when it was being stopped', async () => {
    const stepId = await startTap('stopping', 'participant-left');
    await restart();
    await inState(stepId, 'finished');
    expect(house.media.told).toEqual([]);
    expect(told(stepId)).toEqual(['stopping → finished: participant-left']);
  });

  it('ends as failed when it was being stopped because it failed', async () => {
    const stepId = await startTap('stopping', 'the disk is full');
    keepStepSecrets(house.store, stepId, { failure: { code: 'disk-full', message: 'the disk is full' } });
    await restart();
    await inState(stepId, 'failed');
    expect(told(stepId)).toEqual(['stopping → failed: the disk is full']);
  });

  it('counts its part before anything of it can be on disk, however often it is killed', async () => {
    const stepId = await startTap();
    for (const part of [2, 3, 4]) {
      // No start is answered: each run is killed in the middle of it.
      await restart({ holding: ['tap'] });
      await settled(() => house.media.told.includes('start tap'));
      expect(findStep(house.store, stepId)).toMatchObject({ state: 'retrying', progress: { part } });
    }
    await restart();
    await inState(stepId, 'running');
    expect(house.media.running()[0]!.part).toBe(5);
    expect(Object.keys(house.steps.get(stepId).progress['partsAskedMs'] as object)).toEqual([
      ...['1', '2', '3', '4', '5'],
    ]);
    expect(told(stepId)).toEqual([
      'running → retrying: runtime-restarted',
      'retrying → running: runtime-restarted',
    ]);
  });

  it('is given up after twenty parts', async () => {
    const stepId = await startTap();
    await house.crash();
    await open();
    await inState(stepId, 'running');
    for (let part = 3; part <= 20; part += 1) {
      await restart();
      await inState(stepId, 'running');
    }
    await restart();
    await inState(stepId, 'failed');
    expect(house.steps.get(stepId).reason).toContain('interrupted 20 times');
  });

  it('shares its picture with those that shared it, and may be stopped alone', async () => {
    const compose = () => house.steps.start(roomId, { step: 'compose', with: {} });
    const [one, other] = [await compose(), await compose()];
    await inState(other.stepId, 'running');
    await restart();
    await inState(one.stepId, 'running');
    await inState(other.stepId, 'running');
    const ids = house.media.running().map(({ composition }) => composition?.id);
    expect(new Set(ids).size).toBe(1);
    await house.steps.stop(one.stepId);
    const further = await compose();
    await inState(further.stepId, 'running');
    expect(house.media.running().map(({ composition }) => composition?.id)).toEqual([ids[0], ids[0]]);
  });

  it('keeps its pause', async () => {
    const { stepId } = await house.steps.start(roomId, { step: 'record', with: { participantId: 'ada' } });
    await inState(stepId, 'running');
    await house.steps.pause(stepId);
    await restart();
    await inState(stepId, 'running');
    expect(house.steps.get(stepId).paused).toBe(true);
  });

  it('is taken up whatever the limits have become, which refuse what is to be new', async () => {
    const stepIds = [await startTap(), await startTap(), await startTap()];
    await restart({ limits: { stepsPerRoom: 1, encoders: 0 } });
    for (const stepId of stepIds) {
      await inState(stepId, 'running');
    }
    await expect(startTap()).rejects.toMatchObject({
      code: 'too-many-steps',
      message: expect.stringContaining('3 steps run') as string,
    });
  });

  it('can be stopped as before', async () => {
    const stepId = await startTap();
    await restart();
    await inState(stepId, 'running');
    expect(await house.steps.stop(stepId)).toMatchObject({ state: 'finished', reason: 'requested' });
    expect(house.media.running()).toEqual([]);
  });
});

describe('a step that cannot be taken up', () => {
  it('is left to end with what became of it, and the others go on', async () => {
    const [unreadable, other] = [await startTap(), await startTap()];
    const sealed = createSeal('another secret').close({ params: {}, composition: null });
    keepStepSecrets(house.store, unreadable, { sealed });
    await restart();
    await inState(other, 'running');
    expect(house.media.running().map(({ stepId }) => stepId)).toEqual([other]);
    expect(readStepSecrets(house.store, unreadable)?.failure?.code).toBe('sealed-value-unreadable');
    expect(listStepTransitions(house.store, unreadable).at(-1)?.to).toBe('failed');
    expect(errors).toEqual([expect.objectContaining({ code: 'sealed-value-unreadable' })]);
  });
});
