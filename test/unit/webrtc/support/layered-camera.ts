/** One packet of a picture that a {@link LayeredCamera} makes. */
export type CameraPacket = {
  layer: number;
  sequence: number;
  timestamp: number;
  marker: boolean;
  payload: Buffer;
  picture: CameraPicture;
};

/** A picture, with all that a decoder needs before it. */
export type CameraPicture = {
  id: number;
  layer: number;
  temporal: number;
  key: boolean;
  needs: readonly CameraPicture[];
  packets: CameraPacket[];
};

const temporalPattern = [0, 2, 1, 2] as const;
/** Descriptor with all fields (RFC 7741 section 4.2), then four bytes that tell the picture and the packet. */
const descriptorBytes = 6;

/**
 * One simulcast layer of a VP8 camera with three temporal layers, as libvpx makes them: pictures of a higher layer
 * need the newest of all layers up to their own, but for those of every second cycle, which need the base only.
 */
export class LayeredCamera {
  readonly #layer: number;
  readonly #random: () => number;
  #sequence: number;
  #timestamp: number;
  #pictureId: number;
  #tl0: number;
  #position = 0;
  #cycle = 0;
  #count = 0;
  /** By temporal layer, the newest picture. */
  #newest: (CameraPicture | undefined)[] = [];

  constructor(layer: number, random: () => number) {
    this.#layer = layer;
    this.#random = random;
    // Near the ends of what the numbers can hold, so that all of them wrap soon.
    this.#sequence = 0x10000 - Math.floor(random() * 300);
    this.#timestamp = 2 ** 32 - Math.floor(random() * 100_000);
    this.#pictureId = 0x8000 - Math.floor(random() * 100);
    this.#tl0 = Math.floor(random() * 256);
  }

  /** @param key makes a key frame; the first picture is one anyway */
  picture(key: boolean): CameraPicture {
    const isKey = key || this.#count === 0;
    if (isKey) {
      this.#position = 0;
      this.#cycle = 0;
      this.#newest = [];
    }
    const temporal = temporalPattern[this.#position] ?? 0;
    const isSync = this.#cycle % 2 === 0 && (this.#position === 1 || this.#position === 2);
    const needs = this.#newest.slice(0, isSync ? 1 : temporal + 1).filter((picture) => picture !== undefined);
    const picture: CameraPicture = {
      id: this.#count,
      layer: this.#layer,
      temporal,
      key: isKey,
      needs: isKey ? [] : needs,
      packets: [],
    };
    this.#tl0 += temporal === 0 ? 1 : 0;
    const count = 1 + Math.floor(this.#random() * (isKey ? 6 : 3));
    for (let i = 0; i < count; i++) {
      picture.packets.push(this.#packet(picture, i, i === count - 1, isSync));
    }
    this.#newest[temporal] = picture;
    this.#count++;
    this.#pictureId++;
    this.#timestamp += 3000;
    this.#position = (this.#position + 1) % temporalPattern.length;
    if (this.#position === 0) {
      this.#cycle++;
    }
    return picture;
  }

  #packet(picture: CameraPicture, index: number, last: boolean, isSync: boolean): CameraPacket {
    const payload = Buffer.alloc(descriptorBytes + 6);
    payload[0] = 0x80 | (index === 0 ? 0x10 : 0);
    payload[1] = 0xe0;
    payload.writeUInt16BE(0x8000 | (this.#pictureId & 0x7fff), 2);
    payload[4] = this.#tl0 & 0xff;
    payload[5] = (picture.temporal << 6) | (isSync ? 0x20 : 0);
    payload[6] = picture.key ? 0 : 1;
    payload[7] = picture.layer;
    payload.writeUInt16BE(picture.id, 8);
    payload[10] = index;
    return {
      layer: this.#layer,
      sequence: this.#sequence++ & 0xffff,
      timestamp: this.#timestamp >>> 0,
      marker: last,
      payload,
      picture,
    };
  }
}

/** What a received payload tells of where it comes from, and its VP8 numbers. */
export function readCameraPayload(payload: Buffer): {
  pictureId: number;
  tl0: number;
  layer: number;
  id: number;
  index: number;
} {
  return {
    pictureId: payload.readUInt16BE(2) & 0x7fff,
    tl0: payload[4] ?? -1,
    layer: payload[7] ?? -1,
    id: payload.readUInt16BE(8),
    index: payload[10] ?? -1,
  };
}
