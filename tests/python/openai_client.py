"""The `openai` package against the service: openai_client.py BASE_URL TOKEN. Prints what it got."""

import json
import sys

from openai import OpenAI, APIStatusError

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key=sys.argv[2], max_retries=0)
models = [model.id for model in client.models.list()]
asked = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]
whole = client.chat.completions.create(model="sonnet", messages=asked)
asked = [{"role": "user", "content": "drip one two three"}]
options = {"include_usage": True}
stream = client.chat.completions.create(
    model="sonnet", messages=asked, stream=True, stream_options=options
)
pieces, usage = [], None
for chunk in stream:
    pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    usage = chunk.usage or usage
try:
    client.chat.completions.create(
        model="sonnet", messages=[{"role": "user", "content": "status 529 busy"}]
    )
    failure = None
except APIStatusError as error:
    failure = error.status_code
print(json.dumps({
    "models": models,
    "whole": whole.choices[0].message.content,
    "tokens": whole.usage.total_tokens,
    "pieces": pieces,
    "stream_tokens": usage.total_tokens,
    "failure": failure,
}))
