"""A WHIP or WHEP client made of aiortc: its ICE, DTLS, SRTP and codecs are no browser's and not the runtime's.

    aiortc-client.py whip URL AUTHORIZATION vp8|h264 RED,GREEN,BLUE TONE_HZ
    aiortc-client.py whep URL AUTHORIZATION TONE_HZ

`whip` sends a picture of one colour, in which a square moves, and a tone. `whep` decodes what it is sent and says
what there was to see and to hear. Both print one JSON object a line, twice a second, and delete their session at
SIGTERM.
"""

import array
import asyncio
import fractions
import json
import math
import signal
import sys
import urllib.parse
import urllib.request

import aioice.ice
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT, SQUARE = 320, 240, 48
SAMPLE_RATE, SAMPLES = 48_000, 960
QUIETEST_AMPLITUDE = 0.05
REPORT_SECONDS = 0.5

# aioice leaves out the loopback address, and a machine without a network has no other.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


def yuv_of(red, green, blue):
    """ITU-R BT.601 with limited range."""
    return (
        round(16 + 0.257 * red + 0.504 * green + 0.098 * blue),
        round(128 - 0.148 * red - 0.291 * green + 0.439 * blue),
        round(128 + 0.439 * red - 0.368 * green - 0.071 * blue),
    )


def rgb_of(y, u, v):
    luma = 1.164 * (y - 16)
    return (
        luma + 1.596 * (v - 128),
        luma - 0.392 * (u - 128) - 0.813 * (v - 128),
        luma + 2.017 * (u - 128),
    )


class ColourTrack(VideoStreamTrack):
    """30 pictures a second. The square is in the lower half, so that the upper half has the colour alone."""

    def __init__(self, colour):
        super().__init__()
        self.y, self.u, self.v = yuv_of(*colour)
        self.count = 0

    async def recv(self):
        timestamp, time_base = await self.next_timestamp()
        luma = bytearray([self.y]) * (WIDTH * HEIGHT)
        left = (self.count * 4) % (WIDTH - SQUARE)
        for row in range(HEIGHT - SQUARE - 16, HEIGHT - 16):
            luma[row * WIDTH + left : row * WIDTH + left + SQUARE] = b"\xeb" * SQUARE
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        quarter = WIDTH * HEIGHT // 4
        for plane, data in zip(frame.planes, (luma, [self.u] * quarter, [self.v] * quarter)):
            plane.update(bytes(data))
        frame.pts, frame.time_base = timestamp, time_base
        self.count += 1
        return frame


class ToneTrack(MediaStreamTrack):
    """20 ms of a tone after the other, in stereo."""

    kind = "audio"

    def __init__(self, tone_hz):
        super().__init__()
        wave = (round(8000 * math.sin(2 * math.pi * tone_hz * i / SAMPLE_RATE)) for i in range(SAMPLE_RATE))
        self.second = array.array("h", [sample for value in wave for sample in (value, value)])
        self.count = 0
        self.start = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        if self.start is None:
            self.start = loop.time()
        await asyncio.sleep(self.start + self.count * SAMPLES / SAMPLE_RATE - loop.time())
        at = 2 * (self.count * SAMPLES % SAMPLE_RATE)
        frame = AudioFrame(format="s16", layout="stereo", samples=SAMPLES)
        frame.planes[0].update(self.second[at : at + 2 * SAMPLES].tobytes())
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = self.count * SAMPLES, fractions.Fraction(1, SAMPLE_RATE)
        self.count += 1
        return frame


class Seen:
    """What a viewer has decoded so far."""

    def __init__(self, tone_hz):
        self.tone_hz = tone_hz
        self.pictures = self.changes = self.sound_ms = self.tone_ms = 0
        self.size = self.colour = self.before = None

    def look(self, frame):
        picture = frame.reformat(format="yuv420p")
        planes = [(bytes(plane), plane.line_size) for plane in picture.planes]
        upper = []
        for index, (data, line_size) in enumerate(planes):
            width, height = (frame.width, frame.height) if index == 0 else (frame.width // 2, frame.height // 2)
            rows = range(height // 8, height // 4)
            # The right half: a guest may have written its number into the left one.
            values = [data[row * line_size + column] for row in rows for column in range(width * 5 // 8, width * 7 // 8, 4)]
            upper.append(sum(values) / len(values))
        self.pictures += 1
        self.changes += planes[0][0] != self.before
        self.before = planes[0][0]
        self.size = [frame.width, frame.height]
        self.colour = [round(channel) for channel in rgb_of(*upper)]

    def hear(self, frame):
        samples = array.array("h", bytes(frame.planes[0])[: 4 * frame.samples])[::2]
        # Goertzel's filter.
        coefficient = 2 * math.cos(2 * math.pi * self.tone_hz / frame.sample_rate)
        last = before_last = 0.0
        for sample in samples:
            last, before_last = sample / 32768 + coefficient * last - before_last, last
        power = last * last + before_last * before_last - coefficient * last * before_last
        milliseconds = 1000 * frame.samples / frame.sample_rate
        self.sound_ms += milliseconds
        if 2 * math.sqrt(max(0.0, power)) / len(samples) > QUIETEST_AMPLITUDE:
            self.tone_ms += milliseconds

    async def take(self, track):
        note = self.look if track.kind == "video" else self.hear
        try:
            while True:
                note(await track.recv())
        except MediaStreamError:
            # The track has ended.
            return

    def report(self):
        return {
            "pictures": self.pictures,
            "changes": self.changes,
            "size": self.size,
            "colour": self.colour,
            "soundMs": self.sound_ms,
            "toneMs": self.tone_ms,
        }


def call(method, url, authorization, body=None):
    headers = {"authorization": authorization}
    if body is not None:
        headers["content-type"] = "application/sdp"
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers.get("location"), answer.read().decode()


async def figures(connection):
    """Packets by direction and kind, as aiortc itself counts them."""
    counted = {}
    for stats in (await connection.getStats()).values():
        if stats.type == "inbound-rtp":
            counted[stats.kind] = {"packetsReceived": stats.packetsReceived, "packetsLost": stats.packetsLost}
        elif stats.type == "outbound-rtp":
            counted[stats.kind] = {"packetsSent": stats.packetsSent}
    return counted


async def main(verb, url, authorization, *rest):
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    report = dict
    watching = []
    if verb == "whip":
        codec, colour, tone_hz = rest
        connection.addTransceiver(ToneTrack(int(tone_hz)), direction="sendonly")
        pictures = ColourTrack([int(channel) for channel in colour.split(",")])
        video = connection.addTransceiver(pictures, direction="sendonly")
        mime_type = {"vp8": "video/VP8", "h264": "video/H264"}[codec]
        offered = RTCRtpSender.getCapabilities("video").codecs
        video.setCodecPreferences([one for one in offered if one.mimeType == mime_type])
    else:
        seen = Seen(int(rest[0]))
        report = seen.report
        connection.addTransceiver("audio", direction="recvonly")
        connection.addTransceiver("video", direction="recvonly")
        connection.on("track", lambda track: watching.append(asyncio.ensure_future(seen.take(track))))

    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp.encode()
    location, answer = await asyncio.to_thread(call, "POST", url, authorization, offer)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    while not stopped.is_set():
        line = {"state": connection.connectionState, **report(), "packets": await figures(connection)}
        print(json.dumps(line), flush=True)
        try:
            await asyncio.wait_for(stopped.wait(), REPORT_SECONDS)
        except asyncio.TimeoutError:
            continue
    await asyncio.to_thread(call, "DELETE", urllib.parse.urljoin(url, location), authorization)
    await connection.close()
    await asyncio.gather(*watching)


asyncio.run(main(*sys.argv[1:]))
