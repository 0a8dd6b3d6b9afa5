import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Step } from '../../runtime/contract/index.ts';
import { filledText, readId, readJson, readOptionalId } from '../shared/items';
import { readConfig } from '../shared/picture';
import { startStep } from '../shared/steps';
import { isRoom, roomSound } from './what';

type Options = {
  fileFormat?: string;
  folder?: string;
  metadata?: unknown;
  waitForMedia?: number;
  webhookUrl?: string;
};

/** `track:video` → one track; anything else is the mode of a participant's recording. */
function contentOf(what: string): IDataObject {
  return what.startsWith('track:') ? { kind: what.slice('track:'.length) } : { mode: what };
}

/** Whose media goes into the file, and what of it. */
function subjectOf(context: IExecuteFunctions, itemIndex: number, from: string | undefined): IDataObject {
  const what = context.getNodeParameter('what', itemIndex) as string;
  if (isRoom(what)) {
    const config = what === roomSound ? { mode: 'audio' } : readConfig(context, itemIndex);
    return { source: 'room', config };
  }
  return {
    ...(from === undefined ? { participantId: readId(context, 'participant', itemIndex) } : {}),
    ...contentOf(what),
  };
}

/**
 * Starts recording for one item: from the tap it names, else from its participant.
 *
 * @param callbackUrl called once when the recording has ended
 */
export async function startRecording(
  context: IExecuteFunctions,
  itemIndex: number,
  callbackUrl?: string,
): Promise<Step> {
  const options = context.getNodeParameter('options', itemIndex, {}) as Options;
  const wholeRoom = isRoom(context.getNodeParameter('what', itemIndex) as string);
  const from = wholeRoom ? undefined : readOptionalId(context, 'tap', itemIndex);
  const metadata = readJson(context, options.metadata, 'Metadata', itemIndex);
  const step = await startStep(context, {
    roomId: readId(context, 'room', itemIndex),
    step: 'record',
    ...(from === undefined ? {} : { from }),
    with: {
      ...subjectOf(context, itemIndex, from),
      ...filledText('fileFormat', options.fileFormat),
      ...filledText('bucketDirPath', options.folder),
      ...filledText('webhookUrl', options.webhookUrl),
      ...(metadata === undefined ? {} : { metadata }),
      ...(callbackUrl === undefined ? {} : { callbackUrl }),
    },
    patienceMs: (options.waitForMedia ?? 15) * 1000,
  });
  if (step.trackIds.length === 0 && !wholeRoom) {
    context.addExecutionHints({
      message:
        'This participant publishes neither microphone nor camera yet. The file begins as soon as one of them is turned on.',
      location: 'outputPane',
    });
  }
  return step;
}
