import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeal } from '../../../runtime/config/index.ts';
import { createResumableSteps, partOf, partStartsOf } from '../../../runtime/graph/resumable-step.ts';
import { findStep, keepStepSecrets, listLiveSteps } from '../../../runtime/store/index.ts';
import { filesHolding } from '../../support/rtmp/index.ts';
import { openHouse, type SimulatedHouse } from '../../support/graphs/index.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const secret = 'a secret of the test';
const outputs = [{ url: 'rtmp://127.0.0.1/live', streamKey: 'nobody-may-see-this' }];

describe('what a step was started with', () => {
  let folder: TemporaryDirectory;
  let house: SimulatedHouse;
  let stepId: string;
  beforeEach(async () => {
    folder = await temporaryDirectory();
    house = await openHouse({ file: folder.entry('roomflow.db') });
    const { roomId } = house.directory.create({});
    house.join(roomId, 'ada');
    stepId = (await house.steps.start(roomId, { step: 'rtmp', with: { outputs } })).stepId;
  });
  afterEach(async () => {
    await house[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('is kept whole, with its picture, for who has the secret, and in no other form', async () => {
    const kept = createResumableSteps(house.store, createSeal(secret)).read(findStep(house.store, stepId)!);
    expect(kept.params).toMatchObject({ outputs });
    expect(kept.composition?.id).toMatch(/^cmp_/);
    expect(kept.composition?.asked.config).toEqual(kept.composition?.made.config);
    expect(kept.failure).toBeNull();
    expect(await filesHolding(folder.path, 'nobody-may-see-this')).toEqual([]);
  });

  it('cannot be read with another secret', () => {
    const other = createResumableSteps(house.store, createSeal('a secret of somebody else'));
    expect(() => other.read(findStep(house.store, stepId)!)).toThrow(
      expect.objectContaining({ code: 'sealed-value-unreadable' }),
    );
  });

  it('is said to be missing of a step of which nothing was kept', () => {
    keepStepSecrets(house.store, stepId, { sealed: null });
    const resumable = createResumableSteps(house.store, createSeal(secret));
    expect(() => resumable.read(findStep(house.store, stepId)!)).toThrow(
      `Nothing was kept of step "${stepId}" (rtmp) to go on with.`,
    );
  });

  it('is kept no longer than the step runs', async () => {
    await house.steps.stop(stepId);
    expect(listLiveSteps(house.store)).toEqual([]);
    const resumable = createResumableSteps(house.store, createSeal(secret));
    expect(() => resumable.read(findStep(house.store, stepId)!)).toThrow('Nothing was kept');
  });
});

describe('where the parts of a step began', () => {
  const sessionStartedAtMs = Date.parse('2026-01-01T00:00:00.000Z');
  const startedAt = '2026-01-01T00:00:05.000Z';
  const startsOf = (progress: Record<string, unknown>): Record<string, number> =>
    Object.fromEntries(partStartsOf({ progress, startedAt }, sessionStartedAtMs));

  it('is where the step began for a first part of which nothing was noted yet', () => {
    expect(startsOf({})).toEqual({ 1: 5000 });
  });

  it('is what was told of the first file rather than when the step was asked for', () => {
    expect(startsOf({ part: 1, partStartMs: 5400 })).toEqual({ 1: 5400 });
  });

  it('is known of every part, the newest by the newest word', () => {
    const progress = { part: 3, partStartMs: 41_000, partStartsMs: { 1: 5400, 2: 20_000, 3: 40_900 } };
    expect(startsOf(progress)).toEqual({ 1: 5400, 2: 20_000, 3: 40_900 });
    expect(startsOf({ part: 3, partStartMs: 41_000, partStartsMs: { 1: 5400, 2: 20_000 } })).toEqual({
      1: 5400,
      2: 20_000,
      3: 41_000,
    });
  });

  it('is never before the session', () => {
    const early = { progress: {}, startedAt: '2025-12-31T23:59:59.000Z' };
    expect(partStartsOf(early, sessionStartedAtMs).get(1)).toBe(0);
  });

  it('goes on from the part that was noted last, and from the first when none was', () => {
    expect([partOf({ progress: {} }), partOf({ progress: { part: 4 } })]).toEqual([1, 4]);
  });
});
