/** What a packager tells of the files it has written, in order; plain JSON. `uri` is relative to the rendition. */
export type HlsUpdate =
  | {
      kind: 'hls-init';
      rendition: string;
      uri: string;
      /** RFC 6381, as in `CODECS`. */
      codecs: string;
      width: number | null;
      height: number | null;
    }
  | {
      kind: 'hls-part';
      rendition: string;
      uri: string;
      /** The part that follows will have this name, whatever segment it belongs to. */
      nextUri: string;
      /** On the session clock. */
      startMs: number;
      durationMs: number;
      independent: boolean;
      bytes: number;
    }
  | { kind: 'hls-segment'; rendition: string; uri: string; bytes: number };

const kinds: readonly unknown[] = ['hls-init', 'hls-part', 'hls-segment'] satisfies HlsUpdate['kind'][];

/** Tells a packager's update from those of other steps. A worker is of the same build: its fields are as above. */
export const isHlsUpdate = (update: { kind: string }): update is HlsUpdate => kinds.includes(update.kind);
