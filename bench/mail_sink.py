"""`python bench/mail_sink.py PORT`: a mail server that takes everything and keeps nothing, for as little as can be.

On two cores a server written to be complete takes more of them than the worker that is measured (aiosmtpd: a
millisecond for each mail). This one speaks what RFC 5321 has a client of ours say, and no more.
"""

import asyncio
import sys

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.read = b""
        self.takes_data = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.read += data
        while self._understands():
            pass

    def _understands(self) -> bool:
        """Answer what has come whole; False when more has to come first."""
        said, end, rest = self.read.partition(END if self.takes_data else b"\r\n")
        if not end:
            return False
        self.read = rest
        if self.takes_data:
            self.takes_data = False
            self.transport.write(b"250 taken\r\n")
            return True
        word = said[:4].upper()
        self.takes_data = word == b"DATA"
        answers = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
        self.transport.write(answers.get(word, b"250 fine\r\n"))
        if word == b"QUIT":
            self.transport.close()
        return True


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
