import {
  RoomflowError,
  type ComposedParticipants,
  type CompositionConfig,
  type CompositionLook,
  type RejectedValue,
  type StepRequest,
} from '../contract/index.ts';
import type { CompositionRequest } from '../steps/index.ts';

/** The params that all steps of a composed room have in common. */
type ComposingParams = {
  source?: 'participant' | 'room';
  mode?: 'video-and-audio' | 'audio';
  fileFormat?: string;
  config?: CompositionConfig;
  participants?: ComposedParticipants;
};

const soundFormats: readonly unknown[] = ['ogg', 'm4a', 'mp3'];
/** Steps that show the room; a recording does when it says so. */
const composedSteps: readonly string[] = ['compose', 'rtmp', 'hls'];

/** Which composition a step of this type and these (checked) params takes; null when it takes none. Pure. */
export function compositionRequestOf(
  type: string,
  params: Readonly<Record<string, unknown>>,
): CompositionRequest | null {
  const { source, mode, fileFormat, config, participants } = params as ComposingParams;
  if (!composedSteps.includes(type) && !(type === 'record' && source === 'room')) {
    return null;
  }
  const soundAlone = mode === 'audio' || soundFormats.includes(fileFormat);
  return {
    config: { ...config, ...(soundAlone ? { mode: 'audio' } : {}) },
    ...(participants === undefined ? {} : { participants }),
  };
}

/**
 * Whether a step shows the room itself, whoever is there: it can begin before anybody has come. One that is fed by
 * another step or shows chosen participants cannot. Pure; takes params that have not been checked.
 */
export function needsNobody(body: StepRequest): boolean {
  return (
    body.from === undefined &&
    body.with['participants'] === undefined &&
    compositionRequestOf(body.step, body.with) !== null
  );
}

/** Whether a step is of the session itself: it needs one that is live, and neither a participant nor a composition. Pure. */
export const isOfSession = (type: string): boolean => type === 'transcribe';

/**
 * Refuses what the schema cannot tell apart: watermarks without what they are to show, unknown time zones.
 *
 * @param at JSON pointer of the look itself.
 * @throws RoomflowError `invalid-composition`, with a pointer for each value.
 */
export function checkLook(look: CompositionLook, at: string): void {
  const details: RejectedValue[] = (look.watermarks ?? []).flatMap((watermark, index) => {
    const pointer = `${at}/watermarks/${index}`;
    if (watermark.type === 'image' && watermark.imageUrl === undefined) {
      return [{ pointer: `${pointer}/imageUrl`, message: 'is needed by a watermark of type image' }];
    }
    if (watermark.type === 'text' && watermark.text === undefined) {
      return [{ pointer: `${pointer}/text`, message: 'is needed by a watermark of type text' }];
    }
    if (watermark.timeZone !== undefined && !isTimeZone(watermark.timeZone)) {
      return [
        {
          pointer: `${pointer}/timeZone`,
          message: `is no time zone that this machine knows: "${watermark.timeZone}". Use an IANA name such as Europe/Berlin`,
        },
      ];
    }
    return [];
  });
  if (details.length > 0) {
    const told = details.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
    throw new RoomflowError('invalid-composition', `The composition is not valid: ${told}.`, { details });
  }
}

/** The look as it is stored, told and shown: images given as data stand as what they are, not with their bytes. Pure. */
export function shownLook<L extends CompositionLook>(look: L): L {
  const shown = <T extends { imageUrl?: string }>(holder: T): T =>
    holder.imageUrl?.startsWith('data:') === true
      ? { ...holder, imageUrl: `${holder.imageUrl.slice(0, holder.imageUrl.indexOf(',') + 1)}…` }
      : holder;
  return {
    ...look,
    ...(look.background === undefined ? {} : { background: shown(look.background) }),
    ...(look.watermarks === undefined ? {} : { watermarks: look.watermarks.map(shown) }),
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) {
      return false;
    }
    throw error;
  }
}
