/** Loudness of a track, 0 to 1, on a scale that follows the ear: 0 is -60 dBFS and below. */
export type SoundLevel = { read(): number; close(): void };

const FLOOR_DB = -60;

/** Root mean square of samples in -1…1 as a share of the way from the floor to full scale. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}

/** Measures `track` until closed. Reading does not allocate. */
export function measureSound(track: MediaStreamTrack): SoundLevel {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close: () => void context.close(),
  };
}
