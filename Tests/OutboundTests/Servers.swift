import Foundation

/// Processes that the tests talk to: a TLS server and a CONNECT proxy, in Python's standard library, so that the other
/// end of the wire shares no code with ours. Each picks a free loopback port.
final class LoopbackProcess: @unchecked Sendable {
    // @unchecked: set up in init, then only read; Process itself is safe to terminate from anywhere.
    private let process = Process()
    private let lines: FileHandle
    /// Its standard input. It ends when this is closed, which the system does for a test run however that ends.
    private let life = Pipe()
    let port: Int

    init(_ script: String, _ arguments: [String]) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-c", Scripts.endsWithUs + script] + arguments
        process.standardInput = life
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        lines = output.fileHandleForReading
        var text = ""
        while !text.contains("\n") {
            let data = lines.availableData
            if data.isEmpty { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: data, as: UTF8.self)
        }
        port = Int(text.prefix { $0 != "\n" }) ?? 0
    }

    deinit { process.terminate() }
}

enum Scripts {
    /// Waits beside the server for the end of standard input.
    static let endsWithUs = """
        import os, sys, threading
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()

        """

    /// GET /hello, /identity (the client's common name), /count (requests on this connection), /big, /slow, /redirect; POST /echo.
    static let server = #"""
        import http.server, socketserver, ssl, sys, time
        folder, certificate, asks, version = sys.argv[1:5]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def setup(self):
                super().setup(); self.count = 0
            def answer(self, body, status=200, headers=()):
                self.send_response(status)
                for k, v in headers: self.send_header(k, v)
                self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
            def do_GET(self):
                self.count += 1
                if self.path == "/identity":
                    peer = self.connection.getpeercert() or {}
                    name = [v for rdn in peer.get("subject", ()) for k, v in rdn if k == "commonName"]
                    self.answer((name or ["nobody"])[0].encode())
                elif self.path == "/count": self.answer(str(self.count).encode())
                elif self.path == "/big": self.answer(b"x" * 100000)
                elif self.path == "/slow": time.sleep(20); self.answer(b"late")
                elif self.path == "/redirect": self.answer(b"", 302, [("Location", "/hello")])
                elif self.path == "/agent": self.answer(self.headers.get("User-Agent", "").encode())
                else: self.answer(b"hello", headers=[("X-Kind", "  greeting ")])
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(body, 201, [("X-Asked", self.headers.get("X-Ask", ""))])
            def log_message(self, *a): pass
        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            def handle_error(self, *a): pass
            def get_request(self):
                s, a = self.socket.accept()
                return s, a
            def finish_request(self, request, address):
                if certificate != "plain":
                    request = context.wrap_socket(request, server_side=True)
                self.RequestHandlerClass(request, address, self)
        if certificate != "plain":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
            if version == "1.2": context.maximum_version = ssl.TLSVersion.TLSv1_2
            if asks == "asks":
                context.verify_mode = ssl.CERT_REQUIRED; context.load_verify_locations(f"{folder}/ca.pem")
        server = Server(("127.0.0.1", 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#

    /// A CONNECT proxy; with a user and password given, it asks for them first. `deny` refuses everything.
    static let proxy = #"""
        import base64, select, socket, sys, threading
        wanted = sys.argv[1]
        log = open(sys.argv[2], "a", buffering=1)
        log.write("proxy started\n")
        def serve(c):
            try:
                while True:
                    head = b""
                    while b"\r\n\r\n" not in head:
                        d = c.recv(4096)
                        if not d: return
                        head += d
                    lines = head.decode().split("\r\n")
                    fields = {l.split(":", 1)[0].lower(): l.split(":", 1)[1].strip() for l in lines[1:] if ":" in l}
                    log.write(lines[0] + "\n")
                    if wanted == "deny":
                        c.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"); continue
                    if wanted != "-" and fields.get("proxy-authorization") != "Basic " + base64.b64encode(wanted.encode()).decode():
                        c.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"hospital\"\r\nContent-Length: 0\r\n\r\n")
                        continue
                    break
                host, port = lines[0].split(" ")[1].rsplit(":", 1)
                try: u = socket.create_connection(("127.0.0.1", int(port)))
                except OSError: c.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"); return
                c.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    for s in select.select([c, u], [], [])[0]:
                        d = s.recv(65536)
                        if not d: return
                        (u if s is c else c).sendall(d)
            finally: c.close()
        l = socket.socket(); l.bind(("127.0.0.1", 0)); l.listen(50)
        print(l.getsockname()[1], flush=True)
        while True:
            c, _ = l.accept()
            threading.Thread(target=serve, args=(c,), daemon=True).start()
        """#
}
