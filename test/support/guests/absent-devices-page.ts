/**
 * Runs in the page, before its own scripts: there is no camera and no microphone, or the user refuses both.
 * Self-contained: it is sent to the browser as text.
 */
export function installAbsentDevices(reason: 'none' | 'denied'): void {
  navigator.mediaDevices.enumerateDevices = async () => [];
  navigator.mediaDevices.getUserMedia = async () => {
    throw reason === 'none'
      ? new DOMException('Requested device not found', 'NotFoundError')
      : new DOMException('Permission denied', 'NotAllowedError');
  };
}
