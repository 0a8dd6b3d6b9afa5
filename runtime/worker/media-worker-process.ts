import { Socket } from 'node:net';
import { Compile, type Validator } from 'typebox/compile';
import { createOutboundGuard } from '../config/index.ts';
import { RoomflowError, describeRejected, rejectedValues } from '../contract/index.ts';
import { createCompositor, joinRecording, recoverRecording, removeBareBeginning } from '../media/index.ts';
import { missingPacketPath, refusedDatagrams, type WebRtcSettings } from '../webrtc/index.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import {
  settingsVariable,
  workerCommands,
  type CommandParams,
  type CommandResult,
  type CompositionStatistics,
  type FromWorker,
  type ToWorker,
  type WorkerCommand,
  type WorkerSettings,
} from './messages.ts';
import { addTraffic, type Traffic } from './participant-media.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { SessionMedia } from './session-media.ts';

/**
 * The program of a media worker: sessions' peers, forwarding and packet-level steps. It lives as long as its
 * parent does; the parent ending is its own end.
 */
const settings = JSON.parse(process.env[settingsVariable] ?? '{}') as WorkerSettings;
const webrtc: WebRtcSettings = {
  ...(settings.bindAddresses.length > 0 ? { bindAddresses: settings.bindAddresses } : {}),
  ...(settings.announcedAddresses.length > 0 ? { announcedAddresses: settings.announcedAddresses } : {}),
  ...(settings.udpPortRange ? { udpPortRange: [settings.udpPortRange.min, settings.udpPortRange.max] } : {}),
  ...(settings.udpPort === null ? {} : { udpPort: settings.udpPort }),
  iceServers: settings.iceServers,
  packetPath: settings.packetPath,
};
const outbound = createOutboundGuard(settings.outboundAllowList);
const sessions = new Map<string, SessionMedia>();
const eventLoopDelay = new EventLoopDelay();
const validators = new Map<string, Validator>(
  settings.validateMessages
    ? Object.entries(workerCommands).map(([command, schema]) => [command, Compile(schema)])
    : [],
);

function tell(message: FromWorker): void {
  if (process.connected) {
    process.send?.(message);
  }
}

function log(
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
): void {
  tell({ type: 'log', level, message, fields });
}

function sessionOf(sessionId: string): SessionMedia {
  const session = sessions.get(sessionId);
  if (!session) {
    throw new RoomflowError('session-not-found', `Session "${sessionId}" does not live in this worker.`);
  }
  return session;
}

type Handlers = {
  [C in WorkerCommand]: (
    params: CommandParams<C>,
    connection: Socket | null,
  ) => CommandResult<C> | Promise<CommandResult<C>>;
};

const handlers: Handlers = {
  'open-session'({ sessionId, ...session }) {
    if (!sessions.has(sessionId)) {
      sessions.set(
        sessionId,
        new SessionMedia({
          sessionId,
          ...session,
          settings: webrtc,
          createCompositor,
          speech: settings.speech,
          addressOf: (hostname, attempt) => outbound.addressOf(hostname, attempt),
          emit(event) {
            tell({ type: 'media', event });
          },
          report(stepId, part, report) {
            tell({ type: 'step', sessionId, stepId, part, report });
          },
        }),
      );
    }
    return null;
  },
  async 'close-session'({ sessionId }) {
    const session = sessions.get(sessionId);
    sessions.delete(sessionId);
    await session?.close();
    return null;
  },
  'open-participant'({ sessionId, ...participant }) {
    sessionOf(sessionId).openParticipant(participant);
    return null;
  },
  async 'close-participant'({ sessionId, participantId }) {
    await sessionOf(sessionId).closeParticipant(participantId);
    return null;
  },
  async 'start-media'({ sessionId, participantId }) {
    await sessionOf(sessionId).require(participantId).restart();
    return null;
  },
  async publish({ sessionId, participantId, sdp, tracks }) {
    return { sdp: await sessionOf(sessionId).require(participantId).publish(sdp, tracks) };
  },
  async watch({ sessionId, participantId, sdp, trackIds }) {
    const session = sessionOf(sessionId);
    return { sdp: await session.require(participantId).watch(sdp, session.tracksById(trackIds)) };
  },
  'accept-answer'({ sessionId, participantId, offerId, sdp }) {
    sessionOf(sessionId).require(participantId).acceptAnswer(offerId, sdp);
    return null;
  },
  'add-candidate'({ sessionId, participantId, connection, candidate }) {
    sessionOf(sessionId).require(participantId).addCandidate(connection, candidate);
    return null;
  },
  'set-muted'({ sessionId, participantId, kind, muted }) {
    sessionOf(sessionId).require(participantId).setMuted(kind, muted);
    return null;
  },
  'set-pins'({ sessionId, pinnedIds }) {
    sessionOf(sessionId).setPins(pinnedIds);
    return null;
  },
  prefer({ sessionId, participantId, trackId, layer, paused }) {
    sessionOf(sessionId)
      .require(participantId)
      .prefer(trackId, {
        ...(layer === undefined ? {} : { layer }),
        ...(paused === undefined ? {} : { paused }),
      });
    return null;
  },
  'start-step'({ sessionId, ...step }) {
    sessionOf(sessionId).startStep(step);
    return null;
  },
  async 'stop-step'({ sessionId, stepId, reason }) {
    await sessions.get(sessionId)?.stopStep(stepId, reason);
    return null;
  },
  'pause-step'({ sessionId, stepId }) {
    sessionOf(sessionId).pauseStep(stepId, true);
    return null;
  },
  'resume-step'({ sessionId, stepId }) {
    sessionOf(sessionId).pauseStep(stepId, false);
    return null;
  },
  'command-step'({ sessionId, stepId, command }) {
    sessionOf(sessionId).commandStep(stepId, command);
    return null;
  },
  'connect-step'({ sessionId, stepId, headers, query, head }, socket) {
    if (!socket) {
      // Closed while it was on its way.
      return null;
    }
    try {
      const connection = { socket, headers, query, head: Buffer.from(head, 'base64') };
      sessionOf(sessionId).connectStep(stepId, connection);
    } catch (error) {
      // Nobody else can answer any more.
      refuseUpgrade(socket, RoomflowError.from(error));
    }
    return null;
  },
  'update-look'({ sessionId, stepId, look }) {
    sessionOf(sessionId).updateLook(stepId, look);
    return null;
  },
  async 'recover-file'({ path, startMs }) {
    return { file: (await removeBareBeginning(path)) ? null : await recoverRecording(path, startMs) };
  },
  async 'join-files'({ parts, path }) {
    return { file: (await joinRecording(parts, path)) ?? null };
  },
  'session-counters'({ sessionId }) {
    return sessionOf(sessionId).counters();
  },
  statistics() {
    const { user, system } = process.cpuUsage();
    const traffic: Traffic = { packetsReceived: 0, packetsSent: 0, bytesReceived: 0, bytesSent: 0 };
    const compositions: CompositionStatistics = {
      count: 0,
      picturesMade: 0,
      picturesLate: 0,
      picturesRepeated: 0,
      picturesLeftOut: 0,
      sourceFramesDropped: 0,
      restarts: 0,
    };
    let heldBackTracks = 0;
    for (const session of sessions.values()) {
      addTraffic(traffic, session.traffic());
      heldBackTracks += session.heldBackTracks;
      session.addCompositionsTo(compositions);
    }
    return {
      sessions: sessions.size,
      participants: [...sessions.values()].reduce((count, session) => count + session.participants, 0),
      ...traffic,
      refusedDatagrams: refusedDatagrams(),
      cpuMicros: user + system,
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: eventLoopDelay.read(),
      compositions,
      heldBackTracks,
    };
  },
  async shutdown() {
    await end();
    return null;
  },
};

let ending = false;

async function end(): Promise<void> {
  ending = true;
  eventLoopDelay.close();
  await Promise.allSettled([...sessions.values()].map((session) => session.close()));
  sessions.clear();
  if (process.connected) {
    process.disconnect();
  }
}

async function handle<C extends WorkerCommand>(
  message: ToWorker & { command: C },
  connection: Socket | null,
): Promise<void> {
  try {
    const validator = validators.get(message.command);
    if (validator && !validator.Check(message.params)) {
      // Where they are wrong, never what they are: stream keys are among them.
      const places = describeRejected(rejectedValues(validator.Errors(message.params)));
      throw new RoomflowError('internal', `Command "${message.command}" came with bad params: ${places}`);
    }
    // Control is of the same build and sends what CommandParams says; the check above is for development.
    const result = await handlers[message.command](message.params as CommandParams<C>, connection);
    tell({ type: 'result', id: message.id, result });
  } catch (error) {
    const failure = RoomflowError.from(error);
    if (failure.code === 'internal') {
      log('error', failure.message, { command: message.command, stack: failure.stack ?? '' });
    }
    connection?.destroy();
    tell({ type: 'error', id: message.id, error: failure.toBody() });
  }
}

process.on('message', (message: ToWorker, handed: unknown) => {
  void handle(message, handed instanceof Socket ? handed : null);
});
process.on('disconnect', () => {
  if (!ending) {
    // Control is gone. Whatever is open plays as it is, and the next control completes it: finishing here would
    // race with that.
    process.kill(process.pid, 'SIGKILL');
  }
});
// The parent decides when to end: a Ctrl-C in its terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// What one client sends must not take the others with it; what is truly broken is seen in the log.
process.on('uncaughtException', (error) => {
  log('error', `uncaught: ${error.message}`, { stack: error.stack ?? '' });
});
process.on('unhandledRejection', (reason) => {
  log('error', `unhandled: ${String(reason)}`, {
    stack: reason instanceof Error ? (reason.stack ?? '') : '',
  });
});

const missing = missingPacketPath(settings.packetPath);
if (missing !== undefined) {
  log('warn', `Packets take the path "fast": ${missing}.`, {});
}
tell({ type: 'ready' });
