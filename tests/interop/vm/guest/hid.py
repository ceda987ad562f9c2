"""The kernel's side of a HID device, from the kernel's headers alone: hidraw as a client uses it, and uhid to make a device
that is not a FIDO key."""

import fcntl
import os
import select
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# linux/hidraw.h: _IOC(direction, 'H', number, size)
READ, WRITE = 2, 1
READ_SECONDS = 10


def ioctl(fd: int, direction: int, number: int, buffer: bytearray) -> bytes:
    request = direction << 30 | len(buffer) << 16 | ord("H") << 8 | number
    length = fcntl.ioctl(fd, request, buffer)
    return bytes(buffer[:length] if length else buffer)


class Hidraw:
    """An open /dev/hidrawN."""

    def __init__(self, node: Path) -> None:
        self.fd = os.open(node, os.O_RDWR)

    def __enter__(self) -> "Hidraw":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)

    def descriptor(self) -> bytes:
        size = struct.unpack("i", ioctl(self.fd, READ, 0x01, bytearray(4)))[0]
        answer = ioctl(self.fd, READ, 0x02, bytearray(struct.pack("I", size) + bytes(4096)))
        return answer[4 : 4 + size]

    def bus_vendor_product(self) -> tuple[int, int, int]:
        return struct.unpack("IHH", ioctl(self.fd, READ, 0x03, bytearray(8)))

    def text(self, number: int) -> str:
        """4: the name, 5: where it is plugged in, 8: the serial number."""
        return ioctl(self.fd, READ, number, bytearray(256)).split(b"\0")[0].decode()

    def feature_report(self) -> bytes:
        return ioctl(self.fd, READ | WRITE, 0x07, bytearray(65))

    def exchange(self, channel: bytes, command: int, message: bytes, interval: float = 0) -> bytes:
        """One CTAPHID message and its answer (CTAP 2.1 section 11.2.4), with some seconds between reports."""
        first, rest = message[:57], message[57:]
        self.write(channel + struct.pack(">BH", 0x80 | command, len(message)) + first)
        for sequence, start in enumerate(range(0, len(rest), 59)):
            time.sleep(interval)
            self.write(channel + bytes([sequence]) + rest[start : start + 59])
        report = self.read()
        length = struct.unpack(">H", report[5:7])[0]
        answer = report[7:]
        while len(answer) < length:
            answer += self.read()[5:]
        return answer[:length]

    def read(self) -> bytes:
        if not select.select([self.fd], [], [], READ_SECONDS)[0]:
            raise TimeoutError(f"no report in {READ_SECONDS} s")
        return os.read(self.fd, 64)

    def write(self, report: bytes) -> None:
        # Report number 0 in front.
        os.write(self.fd, b"\0" + report.ljust(64, b"\0"))


@contextmanager
def keyboard(vendor: int, product: int) -> Iterator[None]:
    """A keyboard with these ids, as keys have one for one-time passwords."""
    # HID 1.11 appendix B.1, without its LEDs: 8 modifier bits, a byte, 6 key codes.
    descriptor = bytes.fromhex(
        "05010906a101050719e029e71500250175019508810295017508810195067508150025650507190029658100c0"
    )
    fd = os.open("/dev/uhid", os.O_RDWR)
    try:
        texts = struct.pack("128s64s64s", b"OTP keyboard", b"", b"")
        numbers = struct.pack("=HHIIII", len(descriptor), 3, vendor, product, 0x100, 0)
        os.write(fd, struct.pack("=I", 11) + texts + numbers + descriptor)
        yield
    finally:
        os.close(fd)
