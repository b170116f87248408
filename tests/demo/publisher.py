#!/usr/bin/env python3
"""Publishes the files of a folder over HTTP on 127.0.0.1, as a CA does for AIA.

    publisher.py FOLDER PORT_FILE

Takes a free port and writes it to PORT_FILE when it listens. Ends when it is told to (SIGTERM).
"""
import functools
import http.server
import os
import signal
import sys


class Publisher(http.server.SimpleHTTPRequestHandler):
    extensions_map = {"": "application/octet-stream",
                      ".cer": "application/pkix-cert",
                      ".p7c": "application/pkcs7-mime"}

    def log_message(self, *words):
        pass


def main():
    folder, port_file = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    handler = functools.partial(Publisher, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with open(port_file + ".new", "w") as out:
        out.write("%d\n" % server.server_port)
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


main()
