"""Prints the size of a picture and how many of a thousand of its pixels are nearly red, green, blue."""

import json
import sys

from PIL import Image

picture = Image.open(sys.argv[1]).convert("RGB")
counts = {"red": 0, "green": 0, "blue": 0}
data = picture.tobytes()
for at in range(0, len(data), 3):
    pixel = data[at : at + 3]
    for channel, name in enumerate(counts):
        others = [value for other, value in enumerate(pixel) if other != channel]
        if pixel[channel] > 110 and max(others) < pixel[channel] / 2.5:
            counts[name] += 1
total = picture.width * picture.height
counts = {name: count * 1000 // total for name, count in counts.items()}
print(json.dumps({"width": picture.width, "height": picture.height, **counts}))
