"""A small stand-in for the Messages API, for `claude` to talk to in tests.

Usage: messages_api.py LOG. Prints its URL, then serves until it is killed. Every request to
/v1/messages is appended to LOG as one JSON line. The last text of the last user message says what
to answer (leading white space is ignored):

    status N [WORDS]   an API error with this HTTP status
    slow SECONDS       a pause before the first byte, then the answer "slept"
    drip WORDS         the words, one event each, 0.2 s apart
    json TEXT          the TEXT as it stands
    bash COMMAND       a Bash tool call; when its result comes back: "tool said: RESULT"
    anything else      "N: TEXT", N being the number of user messages in the conversation
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()


def blocks_of(message):
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def asked(messages):
    """The last text of the last user message, without what claude adds to it."""
    texts = [b["text"] for b in blocks_of(messages[-1]) if b["type"] == "text"]
    texts = [text for text in texts if not text.lstrip().startswith("<system-reminder>")]
    return texts[-1].strip() if texts else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.plain(200, {})

    def do_GET(self):
        self.plain(404, {"type": "error", "error": {"type": "not_found_error", "message": "no"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if "/v1/messages" not in self.path or "count_tokens" in self.path:
            self.plain(200, {"input_tokens": 1})
            return
        request = json.loads(body)
        with LOCK, open(sys.argv[1], "a") as log:
            log.write(json.dumps(request) + "\n")
        self.answer(request)

    def answer(self, request):
        messages = [m for m in request["messages"] if m["role"] != "system"]
        last = blocks_of(messages[-1])
        results = [b for b in last if b["type"] == "tool_result"]
        if results:
            content = results[-1]["content"]
            if not isinstance(content, str):
                content = "".join(part.get("text", "") for part in content)
            self.stream(request, [f"tool said: {content}"])
            return
        text = asked(messages)
        word, _, rest = text.partition(" ")
        if word == "status":
            status, _, words = rest.partition(" ")
            kind = "invalid_request_error" if status == "400" else "api_error"
            error = {"type": kind, "message": words or "as asked"}
            self.plain(int(status), {"type": "error", "error": error})
        elif word == "slow":
            time.sleep(float(rest))
            self.stream(request, ["slept"])
        elif word == "drip":
            self.stream(request, [w + " " for w in rest.split()], pause=0.2)
        elif word == "json":
            self.stream(request, [rest])
        elif word == "bash" and any(t["name"] == "Bash" for t in request.get("tools", [])):
            self.stream(request, [], bash=rest)
        else:
            users = sum(m["role"] == "user" for m in messages)
            self.stream(request, [f"{users}: {text}"])

    def plain(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def stream(self, request, parts, pause=0.0, bash=None):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        usage = {"input_tokens": 100, "output_tokens": 1}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "content": [],
            "model": request["model"], "stop_reason": None, "stop_sequence": None, "usage": usage,
        }
        self.event("message_start", message=message)
        if bash is None:
            self.event("content_block_start", index=0, content_block={"type": "text", "text": ""})
            for part in parts:
                self.event("content_block_delta", index=0, delta={"type": "text_delta", "text": part})
                time.sleep(pause)
        else:
            block = {"type": "tool_use", "id": f"toolu_{time.time_ns()}", "name": "Bash", "input": {}}
            self.event("content_block_start", index=0, content_block=block)
            arguments = json.dumps({"command": bash, "description": "as asked"})
            delta = {"type": "input_json_delta", "partial_json": arguments}
            self.event("content_block_delta", index=0, delta=delta)
        self.event("content_block_stop", index=0)
        reason = "end_turn" if bash is None else "tool_use"
        delta = {"stop_reason": reason, "stop_sequence": None}
        self.event("message_delta", delta=delta, usage={"output_tokens": 20})
        self.event("message_stop")
        self.close_connection = True

    def event(self, kind, **fields):
        try:
            data = json.dumps({"type": kind, **fields})
            self.wfile.write(f"event: {kind}\ndata: {data}\n\n".encode())
            self.wfile.flush()
        except OSError:
            pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
