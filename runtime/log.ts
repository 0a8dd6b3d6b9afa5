import { pino, type Logger } from 'pino';
import type { RuntimeConfig } from './config/index.ts';
import type { EventLog } from './events/index.ts';
import type { StepLogs } from './graph/index.ts';

/** A logger that hides tokens, keys and secrets by their names, at the top of what is logged and one level down. */
export function createLogger(config: RuntimeConfig): Logger {
  return pino({
    level: config.logLevel,
    base: null,
    redact: {
      paths: [
        'token',
        '*.token',
        'req.headers.authorization',
        'headers.authorization',
        'authorization',
        'serverKey',
        'secret',
        '*.secret',
        'streamKey',
        '*.streamKey',
        'resumeToken',
        '*.resumeToken',
      ],
      censor: '[redacted]',
    },
    serializers: {
      // A URL may hold a token; only its path is logged.
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: request.url.split('?')[0],
      }),
    },
  });
}

/** One line an event, with the ids that tell where and who; what people say to each other is not logged. */
export function logEvents(events: EventLog, logger: Logger, stepLogs: StepLogs): void {
  events.subscribe(
    {},
    {
      onEvent({ type, roomId, sessionId, data }) {
        const { participantId, trackId, stepId, recordingId, reason, from, to } = data as Record<
          string,
          unknown
        >;
        logger.info(
          { roomId, sessionId, participantId, trackId, stepId, recordingId, reason, from, to },
          type,
        );
        if (type !== 'step-changed') {
          // Those are in the store with their reasons, and stay.
          const { outputId, state, message } = data as Record<string, unknown>;
          const told = [type, outputId, state, message].filter(
            (part) => typeof part === 'string' && part !== '',
          );
          stepLogs.note('info', told.join(' '), { stepId });
        }
      },
    },
  );
}
