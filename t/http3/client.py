"""A client of HTTP/3, for t/http3/http3.t.

    client.py PORT REQUESTS

REQUESTS is a JSON list.  All requests go over one connection, one after the
other.  A request has "method", "path", "headers" (a list of pairs) and "body";
"parts", the number of its DATA frames; and "reset", if the client gives up the
stream before the last of them.  The answers are printed as a JSON list of
"status", "headers" and "body"; the status of a stream without one is 0.
"""

import asyncio
import json
import ssl
import sys

from aioquic.asyncio.client import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3_ALPN, ErrorCode, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, StreamReset


class Client(QuicConnectionProtocol):

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.http = H3Connection(self._quic)
        self.answers = {}
        self.ended = {}

    def quic_event_received(self, event):
        if isinstance(event, ConnectionTerminated):
            for stream in list(self.ended):
                self.end(stream)
            return

        if isinstance(event, StreamReset):
            self.end(event.stream_id)
            return

        for part in self.http.handle_event(event):
            self.receive(part)

    def receive(self, event):
        answer = self.answers.get(event.stream_id)

        if answer is None:
            return

        if isinstance(event, HeadersReceived):
            fields = [(n.decode(), v.decode()) for n, v in event.headers]
            answer['status'] = int(dict(fields)[':status'])
            answer['headers'] = fields

        elif isinstance(event, DataReceived):
            answer['body'] += event.data.decode()

        if event.stream_ended:
            self.end(event.stream_id)

    def end(self, stream):
        if stream in self.ended and not self.ended[stream].done():
            self.ended[stream].set_result(None)

    async def request(self, request):
        stream = self._quic.get_next_available_stream_id()
        answer = {'status': 0, 'headers': [], 'body': ''}

        self.answers[stream] = answer
        self.ended[stream] = asyncio.get_running_loop().create_future()

        self.send(stream, request)

        if 'reset' not in request:
            await asyncio.wait_for(self.ended[stream], 20)

        return answer

    def send(self, stream, request):
        body = request.get('body', '').encode()
        size = -(-len(body) // request.get('parts', 1)) or 1
        parts = [body[i:i + size] for i in range(0, len(body), size)]
        fields = [(':method', request['method']), (':scheme', 'https'),
                  (':authority', 'localhost'), (':path', request['path'])]

        fields += request.get('headers', [])

        self.http.send_headers(stream, [(n.encode(), v.encode())
                                        for n, v in fields], not parts)
        for i, part in enumerate(parts):
            last = i == len(parts) - 1

            if last and 'reset' in request:
                self._quic.reset_stream(stream, ErrorCode.H3_REQUEST_CANCELLED)
            else:
                self.http.send_data(stream, part, last)

            self.transmit()

        self.transmit()


async def main(port, requests):
    configuration = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN,
                                      verify_mode=ssl.CERT_NONE)

    async with connect('127.0.0.1', port, configuration=configuration,
                       create_protocol=Client) as client:
        return [await client.request(request) for request in requests]


print(json.dumps(asyncio.run(main(int(sys.argv[1]), json.loads(sys.argv[2])))))
