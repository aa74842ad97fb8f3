#!/usr/bin/env python3
"""`claude -p` with stream-json both ways, as measured with 2.1.332, for tests that need it fast.

What a prompt begins with says what to do:

    fail WORDS      an API error: is_error with subtype success, as the real one has it
    sleep SECONDS   a pause, then "slept"; an interrupt ends it with a report that has the cost
    begin SECONDS   the same, after "begun" as a delta
    deaf SECONDS    the same, but neither an interrupt nor SIGINT nor SIGTERM ends it
    stubborn FILE   starts a process in a session of its own that ignores SIGTERM and is nobody's
                    child, writes its id into FILE, then sleeps
    die WORDS       the WORDS on stderr and exit status 1, without a report
    rant LINES      so many numbered lines on stderr and exit status 1, without a report
    silent          exit status 0, without a report
    json TEXT       the TEXT as it stands
    line TEXT       the TEXT as a line of stdout, as it stands, in place of a report
    env             the names of the environment's variables
    argv            the arguments
    cwd             what is in the working folder, and where that is
    files           the kinds of content blocks
    twice TEXT      the TEXT, and at once the report of it two times
    later TEXT      the TEXT, and the report of it again when the next prompt is there, before its turn
    aftermath TEXT  the TEXT; when the next prompt is there, a turn for a task in the background first
    onward TEXT     the TEXT, and at once a turn for a task in the background
    command         a report with num_turns 0, as for a prompt that was taken for a command
    mute TEXT       the TEXT in the report alone: no message has it
    aside TEXT      a message "looking", and the TEXT in the report alone
    pieces TEXT     the TEXT as a delta and in the report: no message has it
    words N         N words, each as a delta
    lines N PAUSE   N lines, each as a delta, so many seconds apart
    anything else   "N: TEXT", N being the turns of the conversation

With $FAKE_CLAUDE_SAYS it thinks "hm" and says that to every prompt, with the prompt in place of {}.

Every call "costs" 0.01 USD. Each start is appended to $FAKE_CLAUDE_LOG, if that is set.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

if sys.argv[1:] == ["--version"]:
    print("9.9.9 (Fake Claude)")
    sys.exit(0)

ARGV = sys.argv[1:]


def option(name):
    return ARGV[ARGV.index(name) + 1] if name in ARGV else None


if log := os.environ.get("FAKE_CLAUDE_LOG"):
    with open(log, "a") as file:
        file.write(json.dumps(ARGV) + "\n")

session = option("--session-id") or option("--resume")
config = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path(os.environ["HOME"]) / ".claude")
transcript = config / "projects" / "-fake" / f"{session}.jsonl" if session else None
turns = []
if option("--resume"):
    if not transcript.exists():
        sys.exit(f"No conversation found with session ID: {session}")
    turns = [json.loads(line) for line in transcript.read_text().splitlines()]
elif transcript and transcript.exists():
    sys.exit(f"Error: Session ID {session} is already in use.")

interrupted = threading.Event()
lines = []
arrived = threading.Condition()


def read_stdin():
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "control_request":
            interrupted.set()
            continue
        with arrived:
            lines.append(message)
            arrived.notify()
    with arrived:
        lines.append(None)
        arrived.notify()


# Whether what is said waits to be printed at once.
held = False


def emit(**message):
    print(json.dumps(message), flush=not held)


def say(text):
    emit(type="assistant", message={"model": "fake", "content": [{"type": "text", "text": text}]},
         parent_tool_use_id=None)


def delta(text):
    emit(type="stream_event", parent_tool_use_id=None, event={
        "type": "content_block_delta", "delta": {"type": "text_delta", "text": text}})


def report(result=None, **more):
    usage = {"input_tokens": 100, "output_tokens": 20}
    total = 0.01 * len(turns)
    emit(**({"type": "result", "subtype": "success", "is_error": False, "num_turns": 1,
             "result": result, "stop_reason": "end_turn", "total_cost_usd": total, "usage": usage,
             "model_usage_since_last_result": {"fake": {"costUSD": 0.01}}} | more))


def remember(turn):
    turns.append(turn)
    if transcript:
        transcript.parent.mkdir(parents=True, exist_ok=True)
        with transcript.open("a") as file:
            file.write(json.dumps(turn) + "\n")


def pause(seconds):
    if interrupted.wait(seconds):
        interrupted.clear()
        report(subtype="error_during_execution", is_error=True, stop_reason=None)
        return False
    return True


def background(text):
    emit(type="system", subtype="init")
    say(f"background: {text}")
    report(f"background: {text}", origin={"kind": "task-notification"})


# What it says before the next turn without having been asked.
unasked = []


def answer(content):
    while unasked:
        unasked.pop()()
    text = content[-1]["text"]
    if not text.startswith("\n"):
        sys.exit("the prompt could be a command of claude's own")
    text = text[1:]
    remember(text)
    emit(type="system", subtype="init")
    word, _, rest = text.partition(" ")
    if (says := os.environ.get("FAKE_CLAUDE_SAYS")) is not None:
        emit(type="assistant", parent_tool_use_id=None, message={
            "model": "fake", "content": [{"type": "thinking", "thinking": "hm"}]})
        said = says.replace("{}", text)
        say(said)
        report(said)
    elif word == "fail":
        emit(type="assistant", parent_tool_use_id=None, message={
            "model": "<synthetic>", "content": [{"type": "text", "text": f"API Error: {rest}"}]})
        report(f"API Error: {rest}", is_error=True, stop_reason="stop_sequence",
               model_usage_since_last_result={})
    elif word in ("sleep", "begin"):
        if word == "begin":
            delta("begun\n")
        if pause(float(rest)):
            say("slept")
            report("slept")
    elif word == "deaf":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(float(rest))
    elif word == "stubborn":
        # Its parent ends at once, so that it is nobody's child.
        code = (
            "import os, signal, sys, time\n"
            "if os.fork(): os._exit(0)\n"
            "os.setsid()\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            f"open({rest!r} + '.new', 'w').write(str(os.getpid()))\n"
            f"os.rename({rest!r} + '.new', {rest!r})\n"
            "time.sleep(600)\n"
        )
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
        if pause(600):
            report("slept")
    elif word == "die":
        sys.stderr.write(rest)
        sys.stderr.flush()
        os._exit(1)
    elif word == "rant":
        sys.stderr.write("".join(f"this went wrong: {n} ä\n" for n in range(int(rest))))
        sys.stderr.flush()
        os._exit(1)
    elif word == "silent":
        os._exit(0)
    elif word == "line":
        print(rest, flush=True)
    elif word in ("twice", "onward"):
        global held
        held = True
        say(rest)
        report(rest)
        if word == "twice":
            report(rest)
        else:
            background(rest)
        held = False
        sys.stdout.flush()
    elif word in ("later", "aftermath"):
        say(rest)
        report(rest)
        unasked.append(lambda: report(rest) if word == "later" else background(rest))
    elif word == "command":
        report("help text", num_turns=0)
    elif word in ("mute", "aside", "pieces"):
        if word == "aside":
            say("looking")
        elif word == "pieces":
            delta(rest)
        report(rest)
    elif word in ("words", "lines"):
        count, _, seconds = rest.partition(" ")
        end = " " if word == "words" else "\n"
        words = [f"{word[0]}{n}{end}" for n in range(int(count))]
        for piece in words:
            time.sleep(float(seconds or 0))
            delta(piece)
        say("".join(words))
        report("".join(words))
    else:
        said = {
            "json": lambda: rest,
            "env": lambda: " ".join(sorted(os.environ)),
            "argv": lambda: json.dumps(ARGV),
            "cwd": lambda: json.dumps([os.getcwd(), os.listdir()]),
            "files": lambda: json.dumps([block["type"] for block in content]),
        }.get(word, lambda: f"{len(turns)}: {text}")()
        say(said)
        extra = {}
        if schema := option("--json-schema"):
            try:
                extra = {"structured_output": json.loads(said)} if schema else {}
            except ValueError:
                pass
        report(said, **extra)


threading.Thread(target=read_stdin, daemon=True).start()
signal.signal(signal.SIGINT, lambda *_: os._exit(0))
while True:
    with arrived:
        while not lines:
            arrived.wait()
        message = lines.pop(0)
    if message is None:
        break
    answer(message["message"]["content"])
