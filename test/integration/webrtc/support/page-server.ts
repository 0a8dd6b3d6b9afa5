import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const page = `<!doctype html><title>peer</title><video id="v" autoplay muted playsinline></video><script>
const wait = (pc) => pc.iceGatheringState === 'complete' ? Promise.resolve() : new Promise((done) => {
  pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
});
async function startPublish(options) {
  const stream = options.screen
    ? await navigator.mediaDevices.getDisplayMedia({ video: true })
    : await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720 } });
  const pc = (window.publishPeer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }));
  for (const track of stream.getTracks()) {
    const simulcast = options.simulcast && track.kind === 'video';
    const transceiver = pc.addTransceiver(track, {
      direction: 'sendonly',
      streams: [stream],
      ...(simulcast ? { sendEncodings: [
        { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150000 },
        { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500000 },
        { rid: 'f', maxBitrate: 1500000 },
      ] } : {}),
    });
    if (options.codec && track.kind === 'video') {
      const all = RTCRtpReceiver.getCapabilities('video').codecs;
      const wanted = all.filter((codec) => codec.mimeType.toLowerCase() === 'video/' + options.codec);
      transceiver.setCodecPreferences([...wanted, ...all.filter((codec) => !wanted.includes(codec))]);
    }
  }
  await pc.setLocalDescription();
  await wait(pc);
  return {
    sdp: pc.localDescription.sdp,
    mids: pc.getTransceivers().map((t) => ({ mid: t.mid, kind: t.sender.track.kind })),
  };
}
async function finishPublish(sdp) {
  await window.publishPeer.setRemoteDescription({ type: 'answer', sdp });
}
async function reofferPublish() {
  await window.publishPeer.setLocalDescription();
  return window.publishPeer.localDescription.sdp;
}
async function dropVideo() {
  const transceiver = window.publishPeer.getTransceivers().find((t) => t.sender.track?.kind === 'video');
  transceiver.stop();
  return reofferPublish();
}
let loudestHz = null;
function newSubscribePeer() {
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const stream = new MediaStream();
  pc.ontrack = ({ track }) => {
    stream.addTrack(track);
    const video = document.getElementById('v');
    video.srcObject = stream;
    video.play();
    if (track.kind === 'audio') {
      listen(track);
    }
  };
  return pc;
}
function listen(track) {
  const context = new AudioContext({ sampleRate: 48000 });
  const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const decibels = new Float32Array(analyser.frequencyBinCount);
  setInterval(() => {
    analyser.getFloatFrequencyData(decibels);
    const loudest = decibels.reduce((best, level, bin) => (level > decibels[best] ? bin : best), 0);
    if (decibels[loudest] > -40) {
      loudestHz = (loudest * context.sampleRate) / analyser.fftSize;
    }
  }, 20);
}
/** Of the upper right: a guest's picture has its number to the left and what moves below. */
function colourOf(video) {
  const canvas = new OffscreenCanvas(64, 36);
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  drawing.drawImage(video, 0, 0, 64, 36);
  const { data } = drawing.getImageData(40, 4, 16, 6);
  const mean = (channel) => data.filter((_, i) => i % 4 === channel).reduce((sum, v) => sum + v, 0) / (16 * 6);
  return { red: mean(0), green: mean(1), blue: mean(2) };
}
async function answerSubscribe(sdp) {
  const pc = (window.subscribePeer ??= newSubscribePeer());
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription();
  await wait(pc);
  return pc.localDescription.sdp;
}
async function startWhep() {
  const pc = (window.subscribePeer = newSubscribePeer());
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.addTransceiver('video', { direction: 'recvonly' });
  await pc.setLocalDescription();
  await wait(pc);
  return pc.localDescription.sdp;
}
async function finishWhep(sdp) {
  await window.subscribePeer.setRemoteDescription({ type: 'answer', sdp });
}
async function watching() {
  const video = document.getElementById('v');
  const stats = {};
  if (window.subscribePeer) {
    const reports = [...(await window.subscribePeer.getStats()).values()];
    const codecs = new Map(reports.map((report) => [report.id, report.mimeType]));
    for (const report of reports) {
      if (report.type === 'inbound-rtp') {
        stats[report.kind] = {
          framesDecoded: report.framesDecoded, packetsReceived: report.packetsReceived,
          packetsLost: report.packetsLost, frameWidth: report.frameWidth, freezeCount: report.freezeCount,
          audioLevel: report.audioLevel, totalSamplesReceived: report.totalSamplesReceived,
          concealedSamples: report.concealedSamples, pliCount: report.pliCount,
          codec: codecs.get(report.codecId),
        };
      }
    }
  }
  const colour = video.videoWidth > 0 ? colourOf(video) : null;
  return { width: video.videoWidth, time: video.currentTime, colour, loudestHz, stats };
}
</script>`;

/** Serves the page of both peer connections on a free port of 127.0.0.1. */
export async function servePage(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
