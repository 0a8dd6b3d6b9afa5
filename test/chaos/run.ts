import { setTimeout as delay } from 'node:timers/promises';
import { BroadcastRoom, type BeforeKill } from './broadcast-room.ts';
import { nothingFound, type RunResult } from './figures.ts';
import { judgeRun, type Course } from './judgement.ts';
import { stillLive, lookAtRoom } from './oracles/index.ts';
import type { Kill, RunPlan } from './plan.ts';
import type { Stage } from './stage.ts';
import { until } from './until.ts';

const GUESTS_THERE_MS = 15_000;
/** From asking for everything, or from a kill, until all of it runs. */
const ALL_WELL_MS = 25_000;
/** Files are completed, transcripts written, what was lost joined. */
const ALL_ENDED_MS = 30_000;

/** Plays a plan on the stage and judges what came of it. Never throws: what goes wrong is found in the result. */
export async function playRun(plan: RunPlan, stage: Stage): Promise<RunResult> {
  const findings = nothingFound();
  const course: Course = { kills: [], outages: [], stopAskedMs: null, firstWellMs: null };
  /** The next part is played in any case: even a run that has gone wrong has events and files to judge. */
  const attempt = async <T>(part: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await part();
    } catch (error) {
      findings.wrongStates.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };

  const room = await attempt(() => openRoom(stage));
  if (room !== undefined) {
    await attempt(() => playKills(plan, stage, room, course));
    await attempt(() => endAll(plan, stage, room, course));
    await attempt(() => judgeRun({ room, stage, course, findings }));
  }
  await attempt(() => stage.runtime.expectQuiet());
  findings.orphans.push(...stage.runtime.leftBehind.splice(0));
  return {
    run: plan.run,
    killed: course.kills.map(({ target }) => target),
    findings,
    recoveryMs: course.outages.map(({ fromMs, untilMs }) => untilMs - fromMs),
  };
}

async function openRoom({ runtime, rtmp, receiver, clips }: Stage): Promise<BroadcastRoom> {
  const room = await BroadcastRoom.open({ runtime, rtmp, clips, webhookUrl: `${receiver.url}/room` });
  await until(
    'both guests to send',
    async () =>
      Object.values(room.guests)
        .filter(({ sendingSinceMs }) => sendingSinceMs === null)
        .map(({ participantId, troubles }) => `${participantId} does not: ${troubles.at(-1) ?? ''}`),
    GUESTS_THERE_MS,
  );
  return room;
}

async function playKills(plan: RunPlan, stage: Stage, room: BroadcastRoom, course: Course): Promise<void> {
  await room.start();
  for (const kill of plan.kills) {
    if (kill.phase !== 'starting') {
      await allWell(room);
      course.firstWellMs ??= Date.now();
    }
    if (kill.phase === 'stopping') {
      course.stopAskedMs = Date.now();
      // The kill may cut the calls off: what has become of them is asked afterwards.
      void Promise.allSettled([askToEnd(plan, room)]);
    }
    await delay(kill.afterMs);
    const before = await killIt(kill, stage, room);
    course.kills.push(before);
    await stage.runtime.recover(kill);
    if (kill.phase !== 'stopping') {
      await allWell(room, before);
      course.firstWellMs ??= Date.now();
      course.outages.push({ fromMs: before.atMs, untilMs: Date.now(), target: kill.target });
      await delay(plan.goesOnMs);
    }
  }
}

async function killIt(kill: Kill, { runtime }: Stage, room: BroadcastRoom): Promise<BeforeKill> {
  // In a room that is ending a child may have ended already; its worker has not.
  const isThere =
    kill.phase !== 'stopping' || kill.target === 'everything' || (await runtime.has(kill.target));
  const target = isThere ? kill.target : 'worker';
  const pushes = await room.pushes();
  return { target, pushes, atMs: await runtime.kill(target) };
}

async function allWell(room: BroadcastRoom, before?: BeforeKill): Promise<void> {
  const after = before === undefined ? 'its start' : `the kill of ${before.target}`;
  await until(
    `all well after ${after}`,
    async () => {
      const ended = await room.endedTooSoon();
      if (ended.length > 0) {
        throw new Error(`after ${after}: ${ended.join('; ')}`);
      }
      return room.notWell(before);
    },
    ALL_WELL_MS,
  );
}

const askToEnd = (plan: RunPlan, room: BroadcastRoom): Promise<void> =>
  plan.endsBy === 'session' ? room.endSession() : room.stopSteps();

async function endAll(plan: RunPlan, stage: Stage, room: BroadcastRoom, course: Course): Promise<void> {
  course.stopAskedMs ??= Date.now();
  await askToEnd(plan, room);
  if (plan.endsBy === 'steps') {
    await until(
      'the guests to be in the room again',
      async () =>
        Object.values(room.guests)
          .filter(({ isInRoom }) => !isInRoom)
          .map(({ participantId }) => `${participantId} is not`),
      GUESTS_THERE_MS,
    );
  }
  await Promise.all(Object.values(room.guests).map((guest) => guest.leave()));
  await until(
    'everything to end',
    async () => stillLive((await lookAtRoom(stage.runtime.clients.api, room.roomId)).endings),
    ALL_ENDED_MS,
  );
}
