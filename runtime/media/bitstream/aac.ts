/** The only AAC made here: LC, 48 kHz, stereo (ISO/IEC 14496-3). */
export const AAC_SAMPLE_RATE = 48_000;
export const AAC_CHANNELS = 2;
export const AAC_FRAME_SAMPLES = 1024;
/** How long a frame sounds, in milliseconds. */
export const AAC_FRAME_MS = (AAC_FRAME_SAMPLES * 1000) / AAC_SAMPLE_RATE;

/** AudioSpecificConfig: AAC-LC, 48 kHz, two channels (ISO/IEC 14496-3 §1.6.2.1). */
export const createAudioSpecificConfig = (): Uint8Array => Uint8Array.of(0x11, 0x90);

/**
 * One frame of digital silence: a channel pair element without any spectral data (§4.4.2.1). It decodes between any
 * two frames, and the window overlap lets sound around it fade instead of click.
 */
export const AAC_SILENCE = Uint8Array.of(0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80);
