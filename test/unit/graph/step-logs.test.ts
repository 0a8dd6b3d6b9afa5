import { describe, expect, it } from 'vitest';
import { createStepLogs } from '../../../runtime/graph/index.ts';
import { openHouse } from '../../support/graphs/index.ts';

/** A step of a session, whose tap is refused. */
async function step() {
  const house = await openHouse();
  const { roomId } = house.directory.create({});
  house.join(roomId, 'ada');
  const { stepId } = await house.steps.start(roomId, { step: 'tap', with: { participantId: 'ada' } });
  return { house, stepId, logs: createStepLogs(house.store) };
}

describe('the log of a step', () => {
  it('keeps the last hundred lines that name the step, cut where they are long', async () => {
    const { house, stepId, logs } = await step();
    await using _ = house;
    for (let line = 1; line <= 120; line += 1) {
      logs.note('warn', `line ${line}`, { stepId });
      logs.note('warn', 'of another', { stepId: 'stp_other' });
      logs.note('warn', 'of none', {});
    }
    logs.note('error', 'x'.repeat(10_000), { stepId });
    const { lines, transitions } = logs.of(stepId);
    expect(lines).toHaveLength(100);
    expect(lines[0]).toMatchObject({ level: 'warn', message: 'line 22' });
    expect(lines.at(-1)!.message.length).toBeLessThanOrEqual(500);
    expect(transitions[0]).toMatchObject({ from: 'pending', to: 'starting' });
  });

  it('makes one line of what is said again and again', async () => {
    const { house, stepId, logs } = await step();
    await using _ = house;
    for (const message of ['a', 'b', 'b', 'b', 'a']) {
      logs.note('info', message, { stepId });
    }
    expect(logs.of(stepId).lines.map(({ message }) => message)).toEqual(['a', 'b (3 times)', 'a']);
  });

  it('forgets the lines of the step of which nothing was logged for longest, when there are very many', async () => {
    const { house, stepId, logs } = await step();
    await using _ = house;
    logs.note('info', 'first', { stepId });
    for (let other = 0; other < 499; other += 1) {
      logs.note('info', 'of another', { stepId: `stp_${other}` });
    }
    expect(logs.of(stepId).lines).toHaveLength(1);
    logs.note('info', 'one more', { stepId: 'stp_more' });
    expect(logs.of(stepId).lines).toEqual([]);
  });

  it('is refused for a step that there never was', async () => {
    const { house, logs } = await step();
    await using _ = house;
    expect(() => logs.of('stp_nothing')).toThrow('There is no step "stp_nothing"');
  });
});
