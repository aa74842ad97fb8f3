#!/usr/bin/env python3
"""A captured terminal (`tmux capture-pane -e -p`) on stdin, an SVG picture of it on stdout.

    tmux capture-pane -e -p | docs/picture.py 'trefoil clasp watch /**' > docs/watch.svg

Knows what trefoil writes: bold, dim, red and cyan, and their ends.
"""

import html
import re
import sys

CELL, LINE, LEFT, TOP = 8.4, 18, 18, 52
COLOURS = {"31": "#f7768e", "36": "#7dcfff"}
PLAIN, DIM, BACK = "#c0caf5", "#737aa2", "#1a1b26"


def runs(line, style):
    """The line's text in pieces, each with its colour; a piece's column comes first. What a line
    leaves on, tmux leaves on for the next one."""
    (colour, dim), column = style, 0
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        escape = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not escape:
            if piece.strip():
                yield column, piece, DIM if dim else colour or PLAIN
            column += len(piece)
            continue
        for code in escape.group(1).split(";"):
            if code in ("", "0"):
                colour, dim = None, False
            elif code == "2":
                dim = True
            elif code in ("22", "39"):
                colour, dim = (colour, False) if code == "22" else (None, dim)
            elif code in COLOURS:
                colour = COLOURS[code]
        style[:] = [colour, dim]


def main():
    title = sys.argv[1] if len(sys.argv) > 1 else ""
    lines = sys.stdin.read().rstrip().split("\n")
    width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    wide, high = width * CELL + 2 * LEFT, len(lines) * LINE + TOP + 14
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'width="{wide:.0f}" height="{high:.0f}" font-size="14" '
        'font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace">'
    )
    print(f"<title>{html.escape(title)}</title>")
    print(f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>')
    print(f'<text x="{LEFT}" y="26" fill="{DIM}">$ {html.escape(title)}</text>')
    style = [None, False]
    for row, line in enumerate(lines):
        for column, text, colour in runs(line, style):
            shown = html.escape(text.rstrip())
            start = len(text) - len(text.lstrip())
            x, span = LEFT + (column + start) * CELL, len(text.strip()) * CELL
            print(
                f'<text x="{x:.1f}" y="{TOP + row * LINE}" fill="{colour}" '
                f'textLength="{span:.1f}" xml:space="preserve">{shown.lstrip()}</text>'
            )
    print("</svg>")


if __name__ == "__main__":
    main()
