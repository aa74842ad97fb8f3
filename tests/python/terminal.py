"""Runs a command on a terminal of 80 columns: terminal.py COMMAND [ARG…]

Its stdout and stderr are the terminal, whatever it prints is copied to ours, and its exit status
becomes ours, as a shell would have it. ANSWERS in the environment is a JSON array of pairs: once
the first of a pair has been printed, the second is typed. Standard library only.
"""

import fcntl
import json
import os
import pty
import struct
import sys
import termios

answers = json.loads(os.environ.pop("ANSWERS", "[]"))
pid, terminal = pty.fork()
size = struct.pack("HHHH", 24, 80, 0, 0)
if pid == 0:
    # Before the command can ask.
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execv(sys.argv[1], sys.argv[1:])
unanswered = b""
while True:
    try:
        printed = os.read(terminal, 4096)
    except OSError:  # what Linux says when the last process has left the terminal
        break
    if not printed:
        break
    sys.stdout.buffer.write(printed)
    sys.stdout.buffer.flush()
    unanswered += printed
    if answers and answers[0][0].encode() in unanswered:
        os.write(terminal, answers.pop(0)[1].encode())
        unanswered = b""
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(status if status >= 0 else 128 - status)
