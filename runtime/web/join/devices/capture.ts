export type InputKind = 'audio' | 'video';

export type CaptureWish = {
  deviceId?: string;
  /** Sound as it is, for music and measurements: no echo cancelling, noise suppression or gain control. */
  originalSound?: boolean;
};

/** What to ask the browser for; a remembered device is wished for, not insisted on. */
export function constraintsFor(kind: InputKind, wish: CaptureWish): MediaTrackConstraints {
  const device = wish.deviceId === undefined ? {} : { deviceId: { ideal: wish.deviceId } };
  if (kind === 'video') {
    return { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
  }
  const processed = wish.originalSound !== true;
  return {
    ...device,
    echoCancellation: processed,
    noiseSuppression: processed,
    autoGainControl: processed,
  };
}

/** Opens one device. @throws DOMException as getUserMedia does */
export async function captureTrack(kind: InputKind, wish: CaptureWish): Promise<MediaStreamTrack> {
  const constraints = constraintsFor(kind, wish);
  const stream = await navigator.mediaDevices.getUserMedia(
    kind === 'audio' ? { audio: constraints } : { video: constraints },
  );
  const track = stream.getTracks()[0];
  if (track === undefined) {
    throw new DOMException('The browser gave a stream without a track.', 'NotFoundError');
  }
  return track;
}
