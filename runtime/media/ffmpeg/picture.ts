import createCommand from 'fluent-ffmpeg';

export type PictureFormat = 'jpg' | 'png' | 'webp';

const ENCODINGS: Record<PictureFormat, string[]> = {
  jpg: ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'],
  png: ['-c:v', 'png', '-compression_level', '3'],
  webp: ['-c:v', 'libwebp', '-quality', '85'],
};

/** Longest a picture may take; more means that ffmpeg hangs. */
const LIMIT_SECONDS = 15;

/**
 * Writes one picture of a video file, the first at or after `offsetSeconds` from its beginning, scaled to fit the
 * size and centred on black where its shape is another.
 *
 * @throws with ffmpeg's own words; the output is then not to be used.
 */
export const capturePicture = (options: {
  input: string;
  offsetSeconds: number;
  width: number;
  height: number;
  format: PictureFormat;
  output: string;
}): Promise<void> => {
  const { width, height } = options;
  const size = `${width}:${height}`;
  return new Promise((resolve, reject) => {
    createCommand(options.input, { timeout: LIMIT_SECONDS })
      .inputOptions(['-v', 'error', '-ss', options.offsetSeconds.toFixed(3)])
      .outputOptions([
        ...['-map', '0:v:0', '-frames:v', '1', '-f', 'image2', '-update', '1'],
        ...['-vf', `scale=${size}:force_original_aspect_ratio=decrease,pad=${size}:-1:-1,setsar=1`],
        ...ENCODINGS[options.format],
      ])
      .output(options.output)
      .on('error', (error: Error) => {
        reject(error);
      })
      .on('end', () => {
        resolve();
      })
      .run();
  });
};
