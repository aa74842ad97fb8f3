#!/usr/bin/env python3
"""An agent that speaks ACP on stdin and stdout, for tests that need one fast.

What a prompt begins with says what to do:

    fail WORDS      a JSON-RPC error whose cause is the WORDS
    refuse          stopReason refusal
    sleep SECONDS   a pause, which session/cancel ends
    deaf            nothing more, whatever is said
    die WORDS       the WORDS on stderr and exit status 1
    tool KIND       asks whether it may use a tool of this KIND, and says which option was selected
    ask METHOD      asks the client for this METHOD, and says the error's code
    blocks          the kinds of content blocks
    told            the first content block, and how many prompts the session had
    start           what the session was begun with
    anything else   thinks "hm", then "N: TEXT" in two pieces, N being the prompts of the session

Options: --auth wants authenticate first, --load FILE keeps the conversation there and can load it,
--modes begins in a mode in which nothing is asked, --version N speaks version N. With $FAKE_CLAUDE_SAYS
it says that to every prompt, with the prompt in place of {}.
"""

import json
import os
import queue
import sys
import threading
from pathlib import Path

ARGV = sys.argv[1:]
file = Path(ARGV[ARGV.index("--load") + 1]) if "--load" in ARGV else None
version = int(ARGV[ARGV.index("--version") + 1]) if "--version" in ARGV else 1
incoming = queue.Queue()
cancelled = threading.Event()
begun = {"method": None, "mode": "auto" if "--modes" in ARGV else None}
logged_in = "--auth" not in ARGV
prompts = []
asked = 0


def read_stdin():
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "session/cancel":
            cancelled.set()
        else:
            incoming.put(message)
    os._exit(0)


def send(**message):
    print(json.dumps({"jsonrpc": "2.0"} | message), flush=True)


def update(kind, /, **more):
    send(method="session/update",
         params={"sessionId": "s/1", "update": {"sessionUpdate": kind} | more})


def say(text):
    half = len(text) // 2
    for piece in (text[:half], text[half:]):
        update("agent_message_chunk", content={"type": "text", "text": piece})


def ask(method, params):
    """A request of the agent's own, answered before anything else comes."""
    global asked
    asked += 1
    send(id=f"a{asked}", method=method, params=params)
    return incoming.get()


def prompt(params):
    text = params["prompt"][-1]["text"]
    prompts.append(text)
    if file:
        file.write_text(json.dumps(prompts))
    word, _, rest = text.partition(" ")
    if says := os.environ.get("FAKE_CLAUDE_SAYS"):
        update("agent_thought_chunk", content={"type": "text", "text": "hm"})
        say(says.replace("{}", text))
    elif word == "fail":
        say("a warning")
        return {"error": {"code": -32603, "message": "Internal error", "data": {"details": rest}}}
    elif word == "refuse":
        return {"result": {"stopReason": "refusal"}}
    elif word == "sleep":
        if cancelled.wait(float(rest)):
            cancelled.clear()
            return {"result": {"stopReason": "cancelled"}}
        say("slept")
    elif word == "deaf":
        threading.Event().wait(600)
    elif word == "die":
        sys.stderr.write(rest)
        sys.stderr.flush()
        os._exit(1)
    elif word == "tool":
        update("tool_call", toolCallId="t1", title=f"{rest} a.txt", kind=rest, status="pending",
               rawInput={"path": "a.txt"})
        options = [{"kind": kind, "optionId": kind, "name": kind} for kind in
                   ("allow_always", "allow_once", "reject_once")]
        reply = ask("session/request_permission",
                    {"sessionId": "s/1", "toolCall": {"toolCallId": "t1", "kind": rest},
                     "options": options})
        update("tool_call_update", toolCallId="t1", status="completed", content=[])
        say(reply["result"]["outcome"].get("optionId", "none"))
    elif word == "ask":
        say(str(ask(rest, {})["error"]["code"]))
    elif word == "blocks":
        say(" ".join(block["type"] for block in params["prompt"]))
    elif word == "told":
        say(f"{len(prompts)}: {params['prompt'][0]['text']}")
    elif word == "start":
        say(json.dumps(begun))
    else:
        update("agent_thought_chunk", content={"type": "text", "text": "hm"})
        say(f"{len(prompts)}: {text}")
    return {"result": {"stopReason": "end_turn", "usage": {"totalTokens": 3}}}


def answer(method, params):
    global logged_in
    if method == "initialize":
        return {"result": {
            "protocolVersion": version,
            "agentCapabilities": {"loadSession": file is not None,
                                  "promptCapabilities": {"image": True, "embeddedContext": True}},
            "authMethods": [{"id": "web", "name": "Web"}, {"id": "other-api-key", "name": "Other"},
                            {"id": "fake-api-key", "name": "Key"}]}}
    if method == "authenticate":
        logged_in = params["methodId"] == "fake-api-key"
        if not logged_in:
            return {"error": {"code": -32603, "message": "that key is not set"}}
        return {"result": {}}
    if method in ("session/new", "session/load"):
        if not logged_in:
            return {"error": {"code": -32000, "message": "Authentication required"}}
        if method == "session/load" and params["sessionId"] != "s/1":
            return {"error": {"code": -32602, "message": f"no session {params['sessionId']!r}"}}
        begun.update(method=method, cwd=params["cwd"])
        modes = {"currentModeId": "auto",
                 "availableModes": [{"id": "auto", "name": "A"}, {"id": "default", "name": "D"}]}
        if method == "session/load":
            prompts.extend(json.loads(file.read_text()))
            say("what was said before")
        return {"result": {"sessionId": "s/1"} | ({"modes": modes} if begun["mode"] else {})}
    if method == "session/set_mode":
        begun["mode"] = params["modeId"]
        return {"result": {}}
    if method == "session/prompt":
        return prompt(params)
    return {"error": {"code": -32601, "message": "Method not found"}}


print("a line that is no JSON")
threading.Thread(target=read_stdin, daemon=True).start()
while True:
    message = incoming.get()
    send(id=message["id"], **answer(message["method"], message["params"]))
