"""Runs a command on a terminal of 80 columns: terminal.py COMMAND [ARG…]

Its stdout and stderr are the terminal, whatever it prints is copied to ours, and its exit status
becomes ours. Standard library only.
"""

import fcntl
import os
import pty
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
while True:
    try:
        printed = os.read(terminal, 4096)
    except OSError:  # what Linux says when the last process has left the terminal
        break
    if not printed:
        break
    sys.stdout.buffer.write(printed)
    sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
