import { NodeOperationError, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';

type Destination = { kind: string; host?: string; port: number; payloadType?: number };

/** What people set in seconds, as the runtime takes it. */
const inMs = (name: string, seconds: number | undefined): IDataObject =>
  seconds === undefined ? {} : { [name]: Math.round(seconds * 1000) };

function readUtterances(context: IExecuteFunctions, itemIndex: number): IDataObject {
  const { minSeconds, maxSeconds } = context.getNodeParameter('utteranceOptions', itemIndex, {}) as {
    minSeconds?: number;
    maxSeconds?: number;
  };
  return { ...inMs('minMs', minSeconds), ...inMs('maxMs', maxSeconds) };
}

function readFrames(context: IExecuteFunctions, itemIndex: number): IDataObject {
  const everySeconds = context.getNodeParameter('everySeconds', itemIndex) as number;
  const onSceneChange = context.getNodeParameter('onSceneChange', itemIndex) === true;
  if (everySeconds === 0 && !onSceneChange) {
    throw new NodeOperationError(context.getNode(), 'No picture would ever be taken', {
      itemIndex,
      description: 'Set Every (Seconds) above 0, or turn on On Scene Change.',
    });
  }
  const { maxWidth } = context.getNodeParameter('frameOptions', itemIndex, {}) as { maxWidth?: number };
  return {
    kind: context.getNodeParameter('pictureOf', itemIndex),
    ...(everySeconds === 0 ? {} : inMs('everyMs', everySeconds)),
    onSceneChange,
    ...(maxWidth === undefined ? {} : { maxWidth }),
  };
}

function readDestinations(context: IExecuteFunctions, itemIndex: number): IDataObject[] {
  const { destination = [] } = context.getNodeParameter('destinations', itemIndex) as {
    destination?: Destination[];
  };
  const filled = destination.filter(({ host }) => (host ?? '').trim() !== '');
  if (filled.length === 0) {
    throw new NodeOperationError(context.getNode(), 'There is no address to send to', {
      itemIndex,
      description: 'Add a destination with host and port.',
    });
  }
  return filled.map(({ kind, host, port, payloadType }) => ({
    kind,
    host: (host ?? '').trim(),
    port,
    // 0 is that of PCMU, which nobody here sends (RFC 3551, section 6).
    ...(payloadType === undefined || payloadType === 0 ? {} : { payloadType }),
  }));
}

/**
 * Which tracks a tap takes and what becomes of them, as params of the step.
 *
 * @throws NodeOperationError when nothing would come of it
 */
export function readMode(context: IExecuteFunctions, itemIndex: number): IDataObject {
  switch (context.getNodeParameter('mode', itemIndex, 'hold')) {
    case 'utterances':
      return { kinds: ['audio'], utterances: readUtterances(context, itemIndex) };
    case 'frames': {
      const frames = readFrames(context, itemIndex);
      return { kinds: [frames.kind], frames };
    }
    case 'rtp': {
      const rtp = readDestinations(context, itemIndex);
      return { kinds: [...new Set(rtp.map(({ kind }) => kind))], rtp };
    }
    default:
      return { kinds: context.getNodeParameter('kinds', itemIndex) };
  }
}
