
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'trefoil' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'trefoil'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'trefoil' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('clasp', 'clasp', [CompletionResultType]::ParameterValue, 'Talk to a CLASP router: shared state and signals')
            [CompletionResult]::new('forge', 'forge', [CompletionResultType]::ParameterValue, 'Talk to a forge service: prompts, sessions, files, tokens')
            [CompletionResult]::new('vuer', 'vuer', [CompletionResultType]::ParameterValue, 'Talk to a Vuer server: events of a 3D scene')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'Keep settings under a name: URLs, tokens, guards')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Probe every service, and show what is configured')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Write a value and wait until the router has it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print values; exit with 6 if there are none')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Print what a router has recorded, one record a line')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('sub', 'sub', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show what matches in a live table: value, age, rate and history')
            [CompletionResult]::new('emit', 'emit', [CompletionResultType]::ParameterValue, 'Send an event, and wait until the router has handled it')
            [CompletionResult]::new('stream', 'stream', [CompletionResultType]::ParameterValue, 'Send samples of a stream')
            [CompletionResult]::new('gesture', 'gesture', [CompletionResultType]::ParameterValue, 'Send a gesture: one phase, or all of it from stdin')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Play keyframes: write values that change over time')
            [CompletionResult]::new('bundle', 'bundle', [CompletionResultType]::ParameterValue, 'Send several operations as one, now or at a time')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('pub', 'pub', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Keep what matches in a file, with the time it came, to be replayed')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Play a recording, in its time')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until an address holds what is wanted, and print it')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Run a command for each message')
            [CompletionResult]::new('lock', 'lock', [CompletionResultType]::ParameterValue, 'Hold locks while a command runs')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'List the params that exist and the signals that were announced')
            [CompletionResult]::new('dump', 'dump', [CompletionResultType]::ParameterValue, 'Print state as one JSON object, for diff and apply')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare a file with what the router holds; exit with 6 if they differ')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Write what differs from a file, as one bundle, and read it again')
            [CompletionResult]::new('time', 'time', [CompletionResultType]::ParameterValue, 'Print the router''s time, in µs since the epoch')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Measure the round trip to the router and the offset of its clock')
            [CompletionResult]::new('bridge', 'bridge', [CompletionResultType]::ParameterValue, 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a CLASP router, alone or around a command')
            [CompletionResult]::new('cluster', 'cluster', [CompletionResultType]::ParameterValue, 'Show the routers of a cluster')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage the tokens of a router served with --tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;set' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Expire the value this long after its last use: whole seconds, or never')
            [CompletionResult]::new('--if-revision', '--if-revision', [CompletionResultType]::ParameterName, 'Write only if this is the current revision')
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--ttl-absolute', '--ttl-absolute', [CompletionResultType]::ParameterName, 'Count the TTL from the write, not from the last use')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;get' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Print the values of this time, from the router''s history: a duration ago (10m), RFC 3339, or µs since the epoch')
            [CompletionResult]::new('--default', '--default', [CompletionResultType]::ParameterName, 'Print this for an address that has no value')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Print the whole record: address, value, revision, writer, timestamp')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;history' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'From this time on: a duration ago (1h), RFC 3339, or µs since the epoch')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Up to this time, in the same forms')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Print at most this many, the oldest')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Print at most this many, the latest')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Print only these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;subscribe' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for this long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the connection after this long a silence')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many records')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print by this template, such as ''{address} {value}''; \t is a tab')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the present values')
            [CompletionResult]::new('--retained-only', '--retained-only', [CompletionResultType]::ParameterName, 'Print the present values, and exit')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Add the time of receipt to each record: received, in µs since the epoch')
            [CompletionResult]::new('--lifecycle', '--lifecycle', [CompletionResultType]::ParameterName, 'Print records of type connected, disconnected and error, too')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;sub' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for this long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the connection after this long a silence')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many records')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print by this template, such as ''{address} {value}''; \t is a tab')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the present values')
            [CompletionResult]::new('--retained-only', '--retained-only', [CompletionResultType]::ParameterName, 'Print the present values, and exit')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Add the time of receipt to each record: received, in µs since the epoch')
            [CompletionResult]::new('--lifecycle', '--lifecycle', [CompletionResultType]::ParameterName, 'Print records of type connected, disconnected and error, too')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;watch' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for this long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the connection after this long a silence')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many records')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print by this template, such as ''{address} {value}''; \t is a tab')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--grid', '--grid', [CompletionResultType]::ParameterName, 'Show universes of DMX as 512 cells each: addresses such as /sacn/1/5, or arrays such as /sacn/1')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the present values')
            [CompletionResult]::new('--retained-only', '--retained-only', [CompletionResultType]::ParameterName, 'Print the present values, and exit')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Add the time of receipt to each record: received, in µs since the epoch')
            [CompletionResult]::new('--lifecycle', '--lifecycle', [CompletionResultType]::ParameterName, 'Print records of type connected, disconnected and error, too')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;emit' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;stream' {
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send this many lines a second, instead of each as it comes')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;gesture' {
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send this many lines a second, instead of each as it comes')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;timeline' {
            [CompletionResult]::new('--time-unit', '--time-unit', [CompletionResultType]::ParameterName, 'The unit of times in JSON that are numbers')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Begin at this time by the router''s clock: +2s, RFC 3339, or µs since the epoch')
            [CompletionResult]::new('--fps', '--fps', [CompletionResultType]::ParameterName, 'Write this many values a second')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--loop', '--loop', [CompletionResultType]::ParameterName, 'Play in a loop, until Ctrl-C')
            [CompletionResult]::new('--publish', '--publish', [CompletionResultType]::ParameterName, 'Send it once, as a timeline signal, for the router to play')
            [CompletionResult]::new('--preview', '--preview', [CompletionResultType]::ParameterName, 'Draw the curve, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bundle' {
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Write a value; may be repeated; the order is kept')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Send an event')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Send a sample of a stream')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Execute it at this time by the router''s clock: +2s, RFC 3339, or µs since the epoch. trefoil holds it until then, unless the router can')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--at-router', '--at-router', [CompletionResultType]::ParameterName, 'With --at: let the router hold it, even if it does not say that it can; many routers then execute it at once')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Read the values again, and exit with 7 if one is missing [default: unless the router says that it applies a bundle as a whole or not at all]')
            [CompletionResult]::new('--no-verify', '--no-verify', [CompletionResultType]::ParameterName, 'Do not read the values again')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;publish' {
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;pub' {
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;record' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for this long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the connection after this long a silence')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many records')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Write to this file, - is stdout [default: -]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write to this file, - is stdout [default: -]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the present values')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an existing file')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;replay' {
            [CompletionResult]::new('--speed', '--speed', [CompletionResultType]::ParameterName, 'Play this many times as fast; max plays without pauses')
            [CompletionResult]::new('--start', '--start', [CompletionResultType]::ParameterName, 'Begin this long after the first record, or at a time (RFC 3339, µs since the epoch); params are first set to their values at that time')
            [CompletionResult]::new('--remap', '--remap', [CompletionResultType]::ParameterName, 'Replace the address prefix /a by /b; may be repeated; the longest that matches is used')
            [CompletionResult]::new('--loop', '--loop', [CompletionResultType]::ParameterName, 'Play in a loop, until Ctrl-C; --loop=3 plays it three times')
            [CompletionResult]::new('--max-pause', '--max-pause', [CompletionResultType]::ParameterName, 'Shorten longer pauses to this, also those from a clock that was set forward')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent and when, and send nothing; this also checks every line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;wait' {
            [CompletionResult]::new('--eq', '--eq', [CompletionResultType]::ParameterName, 'Until it is this')
            [CompletionResult]::new('--ne', '--ne', [CompletionResultType]::ParameterName, 'Until it has another value than this')
            [CompletionResult]::new('--gt', '--gt', [CompletionResultType]::ParameterName, 'Until it is greater than this')
            [CompletionResult]::new('--ge', '--ge', [CompletionResultType]::ParameterName, 'Until it is this or greater')
            [CompletionResult]::new('--lt', '--lt', [CompletionResultType]::ParameterName, 'Until it is less than this')
            [CompletionResult]::new('--le', '--le', [CompletionResultType]::ParameterName, 'Until it is this or less')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Until this jq filter gives true for the value')
            [CompletionResult]::new('--stable', '--stable', [CompletionResultType]::ParameterName, 'The conditions must hold this long without interruption')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--any', '--any', [CompletionResultType]::ParameterName, 'Exit when one of several conditions holds, instead of all')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;on' {
            [CompletionResult]::new('--debounce', '--debounce', [CompletionResultType]::ParameterName, 'Wait until an address has been quiet for this long, and run once, with its last message')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Run up to this many at once')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many runs')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for this long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the connection after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Run it also for the present values')
            [CompletionResult]::new('--latest', '--latest', [CompletionResultType]::ParameterName, 'Queue only the newest message of each address, and never run two for the same address at once')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;lock' {
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait this long for a lock that is held elsewhere [default: do not wait]')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'When the locks are lost, send SIGTERM, and SIGKILL after this long')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Check this often with the router that the locks are still held')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;query' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--tree', '--tree', [CompletionResultType]::ParameterName, 'Draw the addresses as a tree')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;dump' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write it to this file, which stays as it is if there is nothing to write')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;diff' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;apply' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be written, as diff does, write nothing, and exit with 0')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Write every address, also where it holds its value already')
            [CompletionResult]::new('--split', '--split', [CompletionResultType]::ParameterName, 'Send several bundles, one after the other, if it does not fit into one')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;time' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;ping' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Measure this many times')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Measure this many times')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Wait this long in between')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bridge' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Run all bridges of this TOML file: docs/bridges.md describes it')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the router after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent to either side, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('osc', 'osc', [CompletionResultType]::ParameterValue, 'Bridge OSC (UDP, TCP) and a router')
            [CompletionResult]::new('mqtt', 'mqtt', [CompletionResultType]::ParameterValue, 'Bridge an MQTT broker (3.1.1, 5) and a router')
            [CompletionResult]::new('sacn', 'sacn', [CompletionResultType]::ParameterValue, 'Bridge sACN (E1.31) and a router')
            [CompletionResult]::new('artnet', 'artnet', [CompletionResultType]::ParameterValue, 'Bridge Art-Net (4) and a router')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;bridge;osc' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Listen on this port, on all interfaces or on one; tcp:PORT for TCP; may be repeated')
            [CompletionResult]::new('--send', '--send', [CompletionResultType]::ParameterName, 'Send the router''s messages to this peer; tcp:HOST:PORT connects by TCP; may be repeated [default: to the last sender]')
            [CompletionResult]::new('--peer-ttl', '--peer-ttl', [CompletionResultType]::ParameterName, 'Send to all peers that have sent within this time')
            [CompletionResult]::new('--reply-port', '--reply-port', [CompletionResultType]::ParameterName, 'Send to this port of a sender, instead of the port it sent from')
            [CompletionResult]::new('--framing', '--framing', [CompletionResultType]::ParameterName, 'Framing of packets on TCP: size or slip [default: the framing of the peer; size where the bridge sends first]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Map OSC addresses to addresses below this; / for none')
            [CompletionResult]::new('--params', '--params', [CompletionResultType]::ParameterName, 'Write params only where this matches; other messages are events; may be repeated [default: all messages with arguments are params]')
            [CompletionResult]::new('--touch', '--touch', [CompletionResultType]::ParameterName, 'Read /x/SEGMENT as touch of /x, and map /x to a gesture while it is touched')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Send numbers as: auto, exact (d where f would round), float, int')
            [CompletionResult]::new('--echo-window', '--echo-window', [CompletionResultType]::ParameterName, 'Treat a value as an echo if the same was sent to that peer within this time')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the router after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Also send the router''s present values at the start')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent to either side, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bridge;mqtt' {
            [CompletionResult]::new('--topic', '--topic', [CompletionResultType]::ParameterName, 'Subscribe to this filter: + is one level, # all that follow; may be repeated [default: #]')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'Use this version of MQTT: 5 or 3.1.1')
            [CompletionResult]::new('--qos', '--qos', [CompletionResultType]::ParameterName, 'Subscribe and publish with this QoS at most')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Use this client id at the broker [default: trefoil and a random number]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Authenticate to the broker with this user name')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'Authenticate to the broker with the password in this file')
            [CompletionResult]::new('--broker-ca', '--broker-ca', [CompletionResultType]::ParameterName, 'Trust the broker''s certificate by this PEM file, beside the system''s')
            [CompletionResult]::new('--will', '--will', [CompletionResultType]::ParameterName, 'Set this last will: the broker publishes it, retained, when the bridge is lost')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Map topics to addresses below this; / for none')
            [CompletionResult]::new('--params', '--params', [CompletionResultType]::ParameterName, 'Write matching addresses as params, even if the publication is not retained; may be repeated')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'Interpret payloads as: auto, json, text, bytes')
            [CompletionResult]::new('--broker-reconnect', '--broker-reconnect', [CompletionResultType]::ParameterName, 'Wait this long before connecting to the broker again; later waits grow')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the router after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--properties', '--properties', [CompletionResultType]::ParameterName, 'Pass on user properties, content type, response topic and correlation data: the value is then a map')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Also publish the router''s present values at the start')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent to either side, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bridge;sacn' {
            [CompletionResult]::new('--universe', '--universe', [CompletionResultType]::ParameterName, 'Bridge these universes: 1, 1-16, 1,3-5')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Receive at this port; with a host only what is sent to it, no multicast [default: 5568]')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Send and receive multicast at the interface that has this address [default: as the system chooses]')
            [CompletionResult]::new('--send', '--send', [CompletionResultType]::ParameterName, 'Send to this host instead of by multicast; may be repeated')
            [CompletionResult]::new('--priority', '--priority', [CompletionResultType]::ParameterName, 'Send with this priority, 0 to 200')
            [CompletionResult]::new('--source-name', '--source-name', [CompletionResultType]::ParameterName, 'Use this source name [default: trefoil and the host''s name]')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Send all universes in the same frame, and a sync packet in this universe after it')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Put universes below this; / for none')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'Write each channel, or each universe as one stream of 512 levels: channel, universe')
            [CompletionResult]::new('--merge', '--merge', [CompletionResultType]::ParameterName, 'Of several sources of the same priority take the highest level, or the latest change: htp, ltp')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the router after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--multicast', '--multicast', [CompletionResultType]::ParameterName, 'Send by multicast, too')
            [CompletionResult]::new('--normalize', '--normalize', [CompletionResultType]::ParameterName, 'Levels are 0.0 to 1.0 instead of 0 to 255')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Send the values that are there already, too, when it begins')
            [CompletionResult]::new('--receive-only', '--receive-only', [CompletionResultType]::ParameterName, 'Only write what sources send; send nothing')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Only send what the router says; write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent to either side, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bridge;artnet' {
            [CompletionResult]::new('--universe', '--universe', [CompletionResultType]::ParameterName, 'Bridge these universes: 0, 0-15, 0,3-5')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Receive at this port; with a host only what is sent to it, no broadcasts [default: 6454]')
            [CompletionResult]::new('--send', '--send', [CompletionResultType]::ParameterName, 'Send to this host, and to nobody else; may be repeated')
            [CompletionResult]::new('--broadcast', '--broadcast', [CompletionResultType]::ParameterName, 'Send to everybody, at this broadcast address')
            [CompletionResult]::new('--discover', '--discover', [CompletionResultType]::ParameterName, 'Ask for nodes at this broadcast address [default: 255.255.255.255]')
            [CompletionResult]::new('--source-name', '--source-name', [CompletionResultType]::ParameterName, 'Use this node name [default: trefoil and the host''s name]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Put universes below this; / for none')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'Write each channel, or each universe as one stream of 512 levels: channel, universe')
            [CompletionResult]::new('--merge', '--merge', [CompletionResultType]::ParameterName, 'Of several sources of the same priority take the highest level, or the latest change: htp, ltp')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Probe the router after this long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this client name in HELLO [default: trefoil]')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one request, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after this many failed attempts to reconnect in a row')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Send all universes in the same frame, and ArtSync after it')
            [CompletionResult]::new('--normalize', '--normalize', [CompletionResultType]::ParameterName, 'Levels are 0.0 to 1.0 instead of 0 to 255')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Send the values that are there already, too, when it begins')
            [CompletionResult]::new('--receive-only', '--receive-only', [CompletionResultType]::ParameterName, 'Only write what sources send; send nothing')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Only send what the router says; write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be sent to either side, and send nothing')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Send no token, whatever the environment or the profile has')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;bridge;help' {
            [CompletionResult]::new('osc', 'osc', [CompletionResultType]::ParameterValue, 'Bridge OSC (UDP, TCP) and a router')
            [CompletionResult]::new('mqtt', 'mqtt', [CompletionResultType]::ParameterValue, 'Bridge an MQTT broker (3.1.1, 5) and a router')
            [CompletionResult]::new('sacn', 'sacn', [CompletionResultType]::ParameterValue, 'Bridge sACN (E1.31) and a router')
            [CompletionResult]::new('artnet', 'artnet', [CompletionResultType]::ParameterValue, 'Bridge Art-Net (4) and a router')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;bridge;help;osc' {
            break
        }
        'trefoil;clasp;bridge;help;mqtt' {
            break
        }
        'trefoil;clasp;bridge;help;sacn' {
            break
        }
        'trefoil;clasp;bridge;help;artnet' {
            break
        }
        'trefoil;clasp;bridge;help;help' {
            break
        }
        'trefoil;clasp;serve' {
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Use this name for the router in WELCOME')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Admit only clients with a token from this file, which trefoil clasp token manages; it is read again when it changes')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'Speak TLS with this certificate chain (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key (PEM)')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Keep values, held bundles, timelines and announced signals in this folder; they survive a restart and a crash of the router')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Keep events and values for REPLAY and clasp history: for a time (24h), up to a size (1GiB), both, or with a time per pattern (''/sensors/**=7d'', ''/video/**=none''); may be repeated [default: none]')
            [CompletionResult]::new('--sync', '--sync', [CompletionResultType]::ParameterName, 'Sync acknowledged writes to disk within this time, or before the acknowledgement (always); only a system crash can lose them meanwhile')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Be one router of a cluster over this NATS JetStream engine (nats-server 2.12 or newer); several URLs are several servers of it')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Share values and events with the routers of this name')
            [CompletionResult]::new('--cluster-credentials', '--cluster-credentials', [CompletionResultType]::ParameterName, 'Log in to the engine with what this file holds: USER:PASSWORD, a token, an nkey seed, or a .creds file')
            [CompletionResult]::new('--cluster-ca', '--cluster-ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file for the engine, beside the system''s')
            [CompletionResult]::new('--cluster-cert', '--cluster-cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to an engine that asks for one')
            [CompletionResult]::new('--cluster-key', '--cluster-key', [CompletionResultType]::ParameterName, 'The key of --cluster-cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Accept at most this many messages a second per connection [default: no limit]')
            [CompletionResult]::new('--max-sessions', '--max-sessions', [CompletionResultType]::ParameterName, 'Allow at most this many connections at a time')
            [CompletionResult]::new('--ping-interval', '--ping-interval', [CompletionResultType]::ParameterName, 'Ping a connection that is silent for this long, and close it when it stays silent for as long again')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Expire values this long after their last use, unless their writer sets a TTL: whole seconds, or never')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Let web pages of this origin connect, besides the router''s own; * allows all; may be repeated')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'Serve /metrics for Prometheus and /healthz for health checks on this port')
            [CompletionResult]::new('--osc', '--osc', [CompletionResultType]::ParameterName, 'Bridge OSC at this port, as clasp bridge osc does; tcp:PORT for TCP; may be repeated')
            [CompletionResult]::new('--mqtt', '--mqtt', [CompletionResultType]::ParameterName, 'Bridge this MQTT broker, as clasp bridge mqtt does: HOST, mqtt://HOST:PORT or mqtts://HOST')
            [CompletionResult]::new('--sacn', '--sacn', [CompletionResultType]::ParameterName, 'Bridge these sACN universes, as clasp bridge sacn does')
            [CompletionResult]::new('--artnet', '--artnet', [CompletionResultType]::ParameterName, 'Bridge these Art-Net universes, as clasp bridge artnet does')
            [CompletionResult]::new('--bridge-config', '--bridge-config', [CompletionResultType]::ParameterName, 'Run the bridges of this TOML file, with all options: docs/bridges.md describes it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;cluster' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the routers of a cluster, as its engine knows them; exit with 6 if there are none')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;cluster;status' {
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Ask this NATS JetStream engine; several URLs are several servers of it')
            [CompletionResult]::new('--cluster-credentials', '--cluster-credentials', [CompletionResultType]::ParameterName, 'Log in to the engine with what this file holds: USER:PASSWORD, a token, an nkey seed, or a .creds file')
            [CompletionResult]::new('--cluster-ca', '--cluster-ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file for the engine, beside the system''s')
            [CompletionResult]::new('--cluster-cert', '--cluster-cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to an engine that asks for one')
            [CompletionResult]::new('--cluster-key', '--cluster-key', [CompletionResultType]::ParameterName, 'The key of --cluster-cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'List the routers of this name')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;cluster;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the routers of a cluster, as its engine knows them; exit with 6 if there are none')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;cluster;help;status' {
            break
        }
        'trefoil;clasp;cluster;help;help' {
            break
        }
        'trefoil;clasp;token' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a token and print it, once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one token''s scopes and times')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a token; its sessions end')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the tokens that have expired')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;token;create' {
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Allow this: read, write or admin, a colon, and a pattern; may be repeated. write includes read, admin both')
            [CompletionResult]::new('--expires', '--expires', [CompletionResultType]::ParameterName, 'Let the token expire after this long [default: never]')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Note whose it is')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;token;list' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;token;show' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;token;revoke' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;token;prune' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;clasp;token;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a token and print it, once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one token''s scopes and times')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a token; its sessions end')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the tokens that have expired')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;token;help;create' {
            break
        }
        'trefoil;clasp;token;help;list' {
            break
        }
        'trefoil;clasp;token;help;show' {
            break
        }
        'trefoil;clasp;token;help;revoke' {
            break
        }
        'trefoil;clasp;token;help;prune' {
            break
        }
        'trefoil;clasp;token;help;help' {
            break
        }
        'trefoil;clasp;help' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Write a value and wait until the router has it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print values; exit with 6 if there are none')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Print what a router has recorded, one record a line')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show what matches in a live table: value, age, rate and history')
            [CompletionResult]::new('emit', 'emit', [CompletionResultType]::ParameterValue, 'Send an event, and wait until the router has handled it')
            [CompletionResult]::new('stream', 'stream', [CompletionResultType]::ParameterValue, 'Send samples of a stream')
            [CompletionResult]::new('gesture', 'gesture', [CompletionResultType]::ParameterValue, 'Send a gesture: one phase, or all of it from stdin')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Play keyframes: write values that change over time')
            [CompletionResult]::new('bundle', 'bundle', [CompletionResultType]::ParameterValue, 'Send several operations as one, now or at a time')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Keep what matches in a file, with the time it came, to be replayed')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Play a recording, in its time')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until an address holds what is wanted, and print it')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Run a command for each message')
            [CompletionResult]::new('lock', 'lock', [CompletionResultType]::ParameterValue, 'Hold locks while a command runs')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'List the params that exist and the signals that were announced')
            [CompletionResult]::new('dump', 'dump', [CompletionResultType]::ParameterValue, 'Print state as one JSON object, for diff and apply')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare a file with what the router holds; exit with 6 if they differ')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Write what differs from a file, as one bundle, and read it again')
            [CompletionResult]::new('time', 'time', [CompletionResultType]::ParameterValue, 'Print the router''s time, in µs since the epoch')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Measure the round trip to the router and the offset of its clock')
            [CompletionResult]::new('bridge', 'bridge', [CompletionResultType]::ParameterValue, 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a CLASP router, alone or around a command')
            [CompletionResult]::new('cluster', 'cluster', [CompletionResultType]::ParameterValue, 'Show the routers of a cluster')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage the tokens of a router served with --tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;help;set' {
            break
        }
        'trefoil;clasp;help;get' {
            break
        }
        'trefoil;clasp;help;history' {
            break
        }
        'trefoil;clasp;help;subscribe' {
            break
        }
        'trefoil;clasp;help;watch' {
            break
        }
        'trefoil;clasp;help;emit' {
            break
        }
        'trefoil;clasp;help;stream' {
            break
        }
        'trefoil;clasp;help;gesture' {
            break
        }
        'trefoil;clasp;help;timeline' {
            break
        }
        'trefoil;clasp;help;bundle' {
            break
        }
        'trefoil;clasp;help;publish' {
            break
        }
        'trefoil;clasp;help;record' {
            break
        }
        'trefoil;clasp;help;replay' {
            break
        }
        'trefoil;clasp;help;wait' {
            break
        }
        'trefoil;clasp;help;on' {
            break
        }
        'trefoil;clasp;help;lock' {
            break
        }
        'trefoil;clasp;help;query' {
            break
        }
        'trefoil;clasp;help;dump' {
            break
        }
        'trefoil;clasp;help;diff' {
            break
        }
        'trefoil;clasp;help;apply' {
            break
        }
        'trefoil;clasp;help;time' {
            break
        }
        'trefoil;clasp;help;ping' {
            break
        }
        'trefoil;clasp;help;bridge' {
            [CompletionResult]::new('osc', 'osc', [CompletionResultType]::ParameterValue, 'Bridge OSC (UDP, TCP) and a router')
            [CompletionResult]::new('mqtt', 'mqtt', [CompletionResultType]::ParameterValue, 'Bridge an MQTT broker (3.1.1, 5) and a router')
            [CompletionResult]::new('sacn', 'sacn', [CompletionResultType]::ParameterValue, 'Bridge sACN (E1.31) and a router')
            [CompletionResult]::new('artnet', 'artnet', [CompletionResultType]::ParameterValue, 'Bridge Art-Net (4) and a router')
            break
        }
        'trefoil;clasp;help;bridge;osc' {
            break
        }
        'trefoil;clasp;help;bridge;mqtt' {
            break
        }
        'trefoil;clasp;help;bridge;sacn' {
            break
        }
        'trefoil;clasp;help;bridge;artnet' {
            break
        }
        'trefoil;clasp;help;serve' {
            break
        }
        'trefoil;clasp;help;cluster' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the routers of a cluster, as its engine knows them; exit with 6 if there are none')
            break
        }
        'trefoil;clasp;help;cluster;status' {
            break
        }
        'trefoil;clasp;help;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a token and print it, once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one token''s scopes and times')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a token; its sessions end')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the tokens that have expired')
            break
        }
        'trefoil;clasp;help;token;create' {
            break
        }
        'trefoil;clasp;help;token;list' {
            break
        }
        'trefoil;clasp;help;token;show' {
            break
        }
        'trefoil;clasp;help;token;revoke' {
            break
        }
        'trefoil;clasp;help;token;prune' {
            break
        }
        'trefoil;clasp;help;help' {
            break
        }
        'trefoil;forge' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a prompt and print the answer; costs money and is never repeated')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'Run a file of prompts with a journal, so that nothing is paid for twice')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop a run or a turn that is under way')
            [CompletionResult]::new('upload', 'upload', [CompletionResultType]::ParameterValue, 'Upload files and print their tokens')
            [CompletionResult]::new('session', 'session', [CompletionResultType]::ParameterValue, 'Work in sessions, which remember earlier turns')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Create, list and revoke app tokens')
            [CompletionResult]::new('ledger', 'ledger', [CompletionResultType]::ParameterValue, 'Show the recorded runs and turns')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask the service for its health; exit with 5 if it is not healthy')
            [CompletionResult]::new('usage', 'usage', [CompletionResultType]::ParameterValue, 'Show what runs and turns have cost, day by day')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a service: claude for a team, with tokens, a queue and budgets')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Run an agent for a service')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;run' {
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Run it by this model')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'Use this system prompt: a text, or @FILE')
            [CompletionResult]::new('--system-mode', '--system-mode', [CompletionResultType]::ParameterName, 'Append --system to the model''s own system prompt, or replace that')
            [CompletionResult]::new('--effort', '--effort', [CompletionResultType]::ParameterName, 'Let the model think this much: low, medium, high, xhigh or max')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show the model this file: a path, which is uploaded first, or a token that upload has printed; may be repeated')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Show the model this file: a path, which is uploaded first, or a token that upload has printed; may be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Limit the run to this time, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]')
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Exit with 6 unless the result conforms to the JSON Schema in this file')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Exit with 6 unless this jq filter is true of the result')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Print the text as it arrives, if the service streams it')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request as a curl command, and send nothing')
            [CompletionResult]::new('--no-ledger', '--no-ledger', [CompletionResultType]::ParameterName, 'Record no entry in the ledger')
            [CompletionResult]::new('--fail-on-empty', '--fail-on-empty', [CompletionResultType]::ParameterName, 'Exit with 6 if the result is empty, or only a notice of a usage limit')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;batch' {
            [CompletionResult]::new('--journal', '--journal', [CompletionResultType]::ParameterName, 'Record in this file what was sent, and its outcome')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Run this many at once, 1 to 64')
            [CompletionResult]::new('--max-runs', '--max-runs', [CompletionResultType]::ParameterName, 'Start at most this many runs, and leave the rest')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model of lines without one')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'The system prompt of lines without one: a text, or @FILE')
            [CompletionResult]::new('--system-mode', '--system-mode', [CompletionResultType]::ParameterName, 'Append --system to the model''s own system prompt, or replace that')
            [CompletionResult]::new('--effort', '--effort', [CompletionResultType]::ParameterName, 'The effort of lines without one: low, medium, high, xhigh or max')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The time limit of lines without one, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Continue the batch of an existing journal')
            [CompletionResult]::new('--retry-unknown', '--retry-unknown', [CompletionResultType]::ParameterName, 'Send lines of unknown outcome again; they may be charged twice')
            [CompletionResult]::new('--unordered', '--unordered', [CompletionResultType]::ParameterName, 'Print results as they arrive, not in input order')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;cancel' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;upload' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Let the service keep them this long, 60s to 24h; a bare number is seconds')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Tell the service this file name, instead of the last part of PATH')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Tell the service this media type [default: from the file''s extension]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up a file after this long; a bare number is seconds [default: never]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Open a session')
            [CompletionResult]::new('turn', 'turn', [CompletionResultType]::ParameterValue, 'Send a prompt in a session; costs money and is never repeated')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the token''s sessions, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a session''s state')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Close sessions')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a session of its own, closed when it ends')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Chat in a session, line by line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;session;new' {
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Let this agent answer')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Use this model [default: the service''s]')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Store this with the session: a JSON object, or @FILE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request as a curl command, and send nothing')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;turn' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show the model this file: a path, which is uploaded first, or a token that upload has printed; may be repeated')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Show the model this file: a path, which is uploaded first, or a token that upload has printed; may be repeated')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write the turn''s events to this file, one JSON line each')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Limit the run to this time, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]')
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Exit with 6 unless the result conforms to the JSON Schema in this file')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Exit with 6 unless this jq filter is true of the result')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Print the text as it arrives, if the service streams it')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request as a curl command, and send nothing')
            [CompletionResult]::new('--no-ledger', '--no-ledger', [CompletionResultType]::ParameterName, 'Record no entry in the ledger')
            [CompletionResult]::new('--fail-on-empty', '--fail-on-empty', [CompletionResultType]::ParameterName, 'Exit with 6 if the result is empty, or only a notice of a usage limit')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;list' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--open', '--open', [CompletionResultType]::ParameterName, 'List only those that are not closed')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;show' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;close' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the requests as curl commands, and send nothing')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;exec' {
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Let this agent answer')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Use this model [default: the service''s]')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Store this with the session: a JSON object, or @FILE')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;chat' {
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Let this agent answer')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Use this model [default: the service''s]')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Store this with the session: a JSON object, or @FILE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Limit a turn to this time, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--no-ledger', '--no-ledger', [CompletionResultType]::ParameterName, 'Record nothing: no entries in the ledger, and no history')
            [CompletionResult]::new('--no-history', '--no-history', [CompletionResultType]::ParameterName, 'Do not store what is typed in the history')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;session;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Open a session')
            [CompletionResult]::new('turn', 'turn', [CompletionResultType]::ParameterValue, 'Send a prompt in a session; costs money and is never repeated')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the token''s sessions, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a session''s state')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Close sessions')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a session of its own, closed when it ends')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Chat in a session, line by line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;session;help;new' {
            break
        }
        'trefoil;forge;session;help;turn' {
            break
        }
        'trefoil;forge;session;help;list' {
            break
        }
        'trefoil;forge;session;help;show' {
            break
        }
        'trefoil;forge;session;help;close' {
            break
        }
        'trefoil;forge;session;help;exec' {
            break
        }
        'trefoil;forge;session;help;chat' {
            break
        }
        'trefoil;forge;session;help;help' {
            break
        }
        'trefoil;forge;token' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an app token and print it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the app tokens')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an app token')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;token;create' {
            [CompletionResult]::new('--ip-cidr', '--ip-cidr', [CompletionResultType]::ParameterName, 'Allow it from this network or address only; may be repeated')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Limit what it may do, as JSON or @FILE; trefoil forge serve knows running, per_minute, usd_per_day, models, tools and max_timeout_secs')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write the token into this new file, which only its owner can read')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite FILE')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;token;list' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;token;revoke' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;token;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an app token and print it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the app tokens')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an app token')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;token;help;create' {
            break
        }
        'trefoil;forge;token;help;list' {
            break
        }
        'trefoil;forge;token;help;revoke' {
            break
        }
        'trefoil;forge;token;help;help' {
            break
        }
        'trefoil;forge;ledger' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List runs and turns, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one, with the service''s reply')
            [CompletionResult]::new('last', 'last', [CompletionResultType]::ParameterValue, 'Show the newest')
            [CompletionResult]::new('settle', 'settle', [CompletionResultType]::ParameterValue, 'Ask the service for the outcome of entries without a known one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;ledger;list' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'List this many of the newest [default: 20]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'List this many of the newest [default: 20]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;ledger;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;ledger;last' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;ledger;settle' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;ledger;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List runs and turns, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one, with the service''s reply')
            [CompletionResult]::new('last', 'last', [CompletionResultType]::ParameterValue, 'Show the newest')
            [CompletionResult]::new('settle', 'settle', [CompletionResultType]::ParameterValue, 'Ask the service for the outcome of entries without a known one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;ledger;help;list' {
            break
        }
        'trefoil;forge;ledger;help;show' {
            break
        }
        'trefoil;forge;ledger;help;last' {
            break
        }
        'trefoil;forge;ledger;help;settle' {
            break
        }
        'trefoil;forge;ledger;help;help' {
            break
        }
        'trefoil;forge;health' {
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;usage' {
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Show this many days, including today')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long; a bare number is seconds')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with every request; may be repeated')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (DNS, TCP and TLS) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a service that is still starting')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Show all tokens, as the administrator')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;serve' {
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'Listen here [default: 127.0.0.1:8800; with a COMMAND any free port]')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Keep tokens, sessions, answers and files in this folder [default: $XDG_STATE_HOME/trefoil/forge; with a COMMAND one that is removed]; or in a PostgreSQL that several instances share, postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--folder', '--folder', [CompletionResultType]::ParameterName, 'With a URL as --state: keep the conversations and uploads of this instance in this folder [default: $XDG_STATE_HOME/trefoil/forge]')
            [CompletionResult]::new('--advertise', '--advertise', [CompletionResultType]::ParameterName, 'The URL of this instance that clients of the others are told [default: the address at which it listens]')
            [CompletionResult]::new('--claude', '--claude', [CompletionResultType]::ParameterName, 'Run this program for every prompt: Claude Code''s, 2.1.332 or later, or one that speaks stream-json as it does (docs/forge-agents.md)')
            [CompletionResult]::new('--agent-command', '--agent-command', [CompletionResultType]::ParameterName, 'Let sessions name this agent, too: a command that speaks ACP on stdin and stdout, its words parted by spaces; may be repeated')
            [CompletionResult]::new('--admin-token-file', '--admin-token-file', [CompletionResultType]::ParameterName, 'Read the administrator''s token from this file [default: STATE/admin-token, made if it is not there]')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'Speak TLS with this certificate chain (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key (PEM)')
            [CompletionResult]::new('--max-running', '--max-running', [CompletionResultType]::ParameterName, 'Run this many prompts at a time [default: as memory and cores allow]')
            [CompletionResult]::new('--max-waiting', '--max-waiting', [CompletionResultType]::ParameterName, 'Queue at most this many prompts of each token; refuse more')
            [CompletionResult]::new('--warm', '--warm', [CompletionResultType]::ParameterName, 'Keep the processes of this many sessions between turns [default: as memory allows]')
            [CompletionResult]::new('--session-ttl', '--session-ttl', [CompletionResultType]::ParameterName, 'Close a session that was idle for this long')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep answers and closed sessions for this long')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Pass this environment variable on to the agents, beside the usual ones; may be repeated')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--audit-prompts', '--audit-prompts', [CompletionResultType]::ParameterName, 'Write prompts into STATE/audit.ndjson, too')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;guard' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;forge;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a prompt and print the answer; costs money and is never repeated')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'Run a file of prompts with a journal, so that nothing is paid for twice')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop a run or a turn that is under way')
            [CompletionResult]::new('upload', 'upload', [CompletionResultType]::ParameterValue, 'Upload files and print their tokens')
            [CompletionResult]::new('session', 'session', [CompletionResultType]::ParameterValue, 'Work in sessions, which remember earlier turns')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Create, list and revoke app tokens')
            [CompletionResult]::new('ledger', 'ledger', [CompletionResultType]::ParameterValue, 'Show the recorded runs and turns')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask the service for its health; exit with 5 if it is not healthy')
            [CompletionResult]::new('usage', 'usage', [CompletionResultType]::ParameterValue, 'Show what runs and turns have cost, day by day')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a service: claude for a team, with tokens, a queue and budgets')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Run an agent for a service')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;forge;help;run' {
            break
        }
        'trefoil;forge;help;batch' {
            break
        }
        'trefoil;forge;help;cancel' {
            break
        }
        'trefoil;forge;help;upload' {
            break
        }
        'trefoil;forge;help;session' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Open a session')
            [CompletionResult]::new('turn', 'turn', [CompletionResultType]::ParameterValue, 'Send a prompt in a session; costs money and is never repeated')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the token''s sessions, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a session''s state')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Close sessions')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a session of its own, closed when it ends')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Chat in a session, line by line')
            break
        }
        'trefoil;forge;help;session;new' {
            break
        }
        'trefoil;forge;help;session;turn' {
            break
        }
        'trefoil;forge;help;session;list' {
            break
        }
        'trefoil;forge;help;session;show' {
            break
        }
        'trefoil;forge;help;session;close' {
            break
        }
        'trefoil;forge;help;session;exec' {
            break
        }
        'trefoil;forge;help;session;chat' {
            break
        }
        'trefoil;forge;help;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an app token and print it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the app tokens')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an app token')
            break
        }
        'trefoil;forge;help;token;create' {
            break
        }
        'trefoil;forge;help;token;list' {
            break
        }
        'trefoil;forge;help;token;revoke' {
            break
        }
        'trefoil;forge;help;ledger' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List runs and turns, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one, with the service''s reply')
            [CompletionResult]::new('last', 'last', [CompletionResultType]::ParameterValue, 'Show the newest')
            [CompletionResult]::new('settle', 'settle', [CompletionResultType]::ParameterValue, 'Ask the service for the outcome of entries without a known one')
            break
        }
        'trefoil;forge;help;ledger;list' {
            break
        }
        'trefoil;forge;help;ledger;show' {
            break
        }
        'trefoil;forge;help;ledger;last' {
            break
        }
        'trefoil;forge;help;ledger;settle' {
            break
        }
        'trefoil;forge;help;health' {
            break
        }
        'trefoil;forge;help;usage' {
            break
        }
        'trefoil;forge;help;serve' {
            break
        }
        'trefoil;forge;help;guard' {
            break
        }
        'trefoil;forge;help;help' {
            break
        }
        'trefoil;vuer' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send an event, or one a line from stdin')
            [CompletionResult]::new('recv', 'recv', [CompletionResultType]::ParameterValue, 'Print what the server sends, one event a line')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Send a request and print the answer to it')
            [CompletionResult]::new('scene', 'scene', [CompletionResultType]::ParameterValue, 'Print the scene graph as it stands: a tree, or JSON in a pipe')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Show a scene in browsers: operations from stdin, events to stdout')
            [CompletionResult]::new('grab', 'grab', [CompletionResultType]::ParameterValue, 'Take a picture of a scene')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Show a robot, a mesh or a point cloud in browsers')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Install the web page of the Python package, or say which is used')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;vuer;send' {
            [CompletionResult]::new('--await', '--await', [CompletionResultType]::ParameterName, 'Wait for an event of this type, and print it; * matches any characters')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'From stdin: send this many events a second [default: as fast as they are read]')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated')
            [CompletionResult]::new('--ts', '--ts', [CompletionResultType]::ParameterName, 'Set the time of the event, in ms since the epoch [default: now]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--cert-key', '--cert-key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this client name in INIT: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add or change fields of INIT: a JSON object; null removes a field')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--f32', '--f32', [CompletionResultType]::ParameterName, 'Send floats in 32 bits, as the Python client does')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;recv' {
            [CompletionResult]::new('--etype', '--etype', [CompletionResultType]::ParameterName, 'Print only events of this type; * matches any characters; may be repeated')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after this many events')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after this much time')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when no event has arrived for this long')
            [CompletionResult]::new('--extract', '--extract', [CompletionResultType]::ParameterName, 'Write the binary value at this path of each event to a file, and print the file''s name; events without one are skipped')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The files to write; %d is the file''s number, starting at 1; %06d adds zeros')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--cert-key', '--cert-key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this client name in INIT: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add or change fields of INIT: a JSON object; null removes a field')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite files of --to that exist')
            [CompletionResult]::new('--reconnect', '--reconnect', [CompletionResultType]::ParameterName, 'Reconnect when the connection is lost, with increasing waits')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;call' {
            [CompletionResult]::new('--reply', '--reply', [CompletionResultType]::ParameterName, 'The etype of the answer')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated')
            [CompletionResult]::new('--ts', '--ts', [CompletionResultType]::ParameterName, 'Set the time of the event, in ms since the epoch [default: now]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--cert-key', '--cert-key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this client name in INIT: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add or change fields of INIT: a JSON object; null removes a field')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--f32', '--f32', [CompletionResultType]::ParameterName, 'Send floats in 32 bits, as the Python client does')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;scene' {
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Only the node with this key; exit with 6 if there is none')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Collect changes for this long [default: until none came for 300ms, at most 2s]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--cert-key', '--cert-key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this client name in INIT: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add or change fields of INIT: a JSON object; null removes a field')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Keep running, and print the scene again when it changes')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;serve' {
            [CompletionResult]::new('--assets', '--assets', [CompletionResultType]::ParameterName, 'Serve the files in this folder under /workspace/, for meshes and robots')
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'Listen here')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'Serve the page in this folder, or the page in this binary: builtin [default: the installed page, else builtin]')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send each client at most this many messages per second')
            [CompletionResult]::new('--max-clients', '--max-clients', [CompletionResultType]::ParameterName, 'Accept at most this many clients at a time')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Let pages of this origin connect, in addition to our own; * allows every origin; may be repeated')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Require the token in this file; the printed link contains it')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'Speak TLS with this certificate chain (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key (PEM)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--open', '--open', [CompletionResultType]::ParameterName, 'Open the page in the browser')
            [CompletionResult]::new('--exit-on-eof', '--exit-on-eof', [CompletionResultType]::ParameterName, 'Exit when the input has ended and every client has received the scene')
            [CompletionResult]::new('--script', '--script', [CompletionResultType]::ParameterName, 'Read operations from the COMMAND''s stdout')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Let programs such as trefoil vuer send change the scene too')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;grab' {
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Write the picture to this file; .png or .jpg [default: stdout]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Write the picture to this file; .png or .jpg [default: stdout]')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Take a picture this often, until --count or Ctrl-C')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Name the files of --every; %d is the number from 1, %05d with zeros')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Take this many pictures with --every')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Use the page of this client, by its number, instead of the latest page')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'The width in pixels, of the browser or of the builtin page''s picture [default: 1280, or the page''s]')
            [CompletionResult]::new('--height', '--height', [CompletionResultType]::ParameterName, 'The height in pixels [default: 720, or the page''s]')
            [CompletionResult]::new('--quality', '--quality', [CompletionResultType]::ParameterName, 'The quality of a JPEG, from 0 to 1')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait at most this long until two pictures in a row are the same')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'Show SCENE in the page of this folder, or in the builtin page')
            [CompletionResult]::new('--assets', '--assets', [CompletionResultType]::ParameterName, 'Serve the files of this folder to the page of SCENE, below /workspace/')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--cert', '--cert', [CompletionResultType]::ParameterName, 'Show this certificate (PEM) to a server that asks for one')
            [CompletionResult]::new('--cert-key', '--cert-key', [CompletionResultType]::ParameterName, 'The key of --cert (PEM) [default: it is in the same file]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this client name in INIT: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add or change fields of INIT: a JSON object; null removes a field')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite files of --to that exist')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;load' {
            [CompletionResult]::new('--joints', '--joints', [CompletionResultType]::ParameterName, 'Set the joints of a .urdf from the lines of this file, such as {"arm":0.7}; - is stdin')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Use this key for the element [default: the file''s name without extension]')
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'Listen here')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'Serve the page in this folder, or the page in this binary: builtin [default: the installed page, else builtin]')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send each client at most this many messages per second')
            [CompletionResult]::new('--max-clients', '--max-clients', [CompletionResultType]::ParameterName, 'Accept at most this many clients at a time')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Let pages of this origin connect, in addition to our own; * allows every origin; may be repeated')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Require the token in this file; the printed link contains it')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'Speak TLS with this certificate chain (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key (PEM)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--open', '--open', [CompletionResultType]::ParameterName, 'Open the page in the browser')
            [CompletionResult]::new('--relay', '--relay', [CompletionResultType]::ParameterName, 'Let programs such as trefoil vuer send change the scene too')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;page' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Download the page of the Python package into the user''s data folder')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove it again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;vuer;page;install' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;page;remove' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;vuer;page;help' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Download the page of the Python package into the user''s data folder')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove it again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;vuer;page;help;install' {
            break
        }
        'trefoil;vuer;page;help;remove' {
            break
        }
        'trefoil;vuer;page;help;help' {
            break
        }
        'trefoil;vuer;help' {
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send an event, or one a line from stdin')
            [CompletionResult]::new('recv', 'recv', [CompletionResultType]::ParameterValue, 'Print what the server sends, one event a line')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Send a request and print the answer to it')
            [CompletionResult]::new('scene', 'scene', [CompletionResultType]::ParameterValue, 'Print the scene graph as it stands: a tree, or JSON in a pipe')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Show a scene in browsers: operations from stdin, events to stdout')
            [CompletionResult]::new('grab', 'grab', [CompletionResultType]::ParameterValue, 'Take a picture of a scene')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Show a robot, a mesh or a point cloud in browsers')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Install the web page of the Python package, or say which is used')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;vuer;help;send' {
            break
        }
        'trefoil;vuer;help;recv' {
            break
        }
        'trefoil;vuer;help;call' {
            break
        }
        'trefoil;vuer;help;scene' {
            break
        }
        'trefoil;vuer;help;serve' {
            break
        }
        'trefoil;vuer;help;grab' {
            break
        }
        'trefoil;vuer;help;load' {
            break
        }
        'trefoil;vuer;help;page' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Download the page of the Python package into the user''s data folder')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove it again')
            break
        }
        'trefoil;vuer;help;page;install' {
            break
        }
        'trefoil;vuer;help;page;remove' {
            break
        }
        'trefoil;vuer;help;help' {
            break
        }
        'trefoil;profile' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a profile: asked on a terminal, or given by options')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Use a profile from now on')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the value of every setting, and where it comes from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;profile;add' {
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Refuse to write to CLASP addresses that no such pattern matches; may be repeated')
            [CompletionResult]::new('--clasp-url', '--clasp-url', [CompletionResultType]::ParameterName, 'Connect to this CLASP router')
            [CompletionResult]::new('--clasp-token', '--clasp-token', [CompletionResultType]::ParameterName, 'Store this token in the configuration, where every reader of the file can see it: prefer the next two')
            [CompletionResult]::new('--clasp-token-file', '--clasp-token-file', [CompletionResultType]::ParameterName, 'Authenticate with the router by the first line of this file')
            [CompletionResult]::new('--clasp-token-command', '--clasp-token-command', [CompletionResultType]::ParameterName, 'Authenticate with the router by what this shell command prints first')
            [CompletionResult]::new('--clasp-name', '--clasp-name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--clasp-header', '--clasp-header', [CompletionResultType]::ParameterName, 'Send the router this header with the upgrade; may be repeated')
            [CompletionResult]::new('--clasp-ca', '--clasp-ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file with the router')
            [CompletionResult]::new('--clasp-cert', '--clasp-cert', [CompletionResultType]::ParameterName, 'Show the router this certificate (PEM) if it asks for one')
            [CompletionResult]::new('--clasp-key', '--clasp-key', [CompletionResultType]::ParameterName, 'The key of that certificate (PEM), if it is in a file of its own')
            [CompletionResult]::new('--forge-url', '--forge-url', [CompletionResultType]::ParameterName, 'Connect to this forge')
            [CompletionResult]::new('--forge-token', '--forge-token', [CompletionResultType]::ParameterName, 'Store this token in the configuration: prefer the next two')
            [CompletionResult]::new('--forge-token-file', '--forge-token-file', [CompletionResultType]::ParameterName, 'Authenticate with forge by the first line of this file')
            [CompletionResult]::new('--forge-token-command', '--forge-token-command', [CompletionResultType]::ParameterName, 'Authenticate with forge by what this shell command prints first')
            [CompletionResult]::new('--forge-admin-token', '--forge-admin-token', [CompletionResultType]::ParameterName, 'Store this admin token in the configuration: prefer the next two')
            [CompletionResult]::new('--forge-admin-token-file', '--forge-admin-token-file', [CompletionResultType]::ParameterName, 'Administer forge by the first line of this file')
            [CompletionResult]::new('--forge-admin-token-command', '--forge-admin-token-command', [CompletionResultType]::ParameterName, 'Administer forge by what this shell command prints first')
            [CompletionResult]::new('--forge-header', '--forge-header', [CompletionResultType]::ParameterName, 'Send forge this header with every request; may be repeated')
            [CompletionResult]::new('--forge-ca', '--forge-ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file with forge')
            [CompletionResult]::new('--forge-cert', '--forge-cert', [CompletionResultType]::ParameterName, 'Show forge this certificate (PEM) if it asks for one')
            [CompletionResult]::new('--forge-key', '--forge-key', [CompletionResultType]::ParameterName, 'The key of that certificate (PEM), if it is in a file of its own')
            [CompletionResult]::new('--vuer-url', '--vuer-url', [CompletionResultType]::ParameterName, 'Connect to this Vuer server')
            [CompletionResult]::new('--vuer-max-size', '--vuer-max-size', [CompletionResultType]::ParameterName, 'Take messages of up to this size from the Vuer server')
            [CompletionResult]::new('--vuer-header', '--vuer-header', [CompletionResultType]::ParameterName, 'Send the Vuer server this header with the upgrade; may be repeated')
            [CompletionResult]::new('--vuer-ca', '--vuer-ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file with the Vuer server')
            [CompletionResult]::new('--vuer-cert', '--vuer-cert', [CompletionResultType]::ParameterName, 'Show the Vuer server this certificate (PEM) if it asks for one')
            [CompletionResult]::new('--vuer-key', '--vuer-key', [CompletionResultType]::ParameterName, 'The key of that certificate (PEM), if it is in a file of its own')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace the profile if it exists')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Refuse every command that changes something')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'Ask before something is changed')
            [CompletionResult]::new('--clasp-insecure', '--clasp-insecure', [CompletionResultType]::ParameterName, 'Accept any certificate of the router')
            [CompletionResult]::new('--forge-insecure', '--forge-insecure', [CompletionResultType]::ParameterName, 'Accept any certificate of forge''s')
            [CompletionResult]::new('--vuer-insecure', '--vuer-insecure', [CompletionResultType]::ParameterName, 'Accept any certificate of the Vuer server')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;profile;use' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--none', '--none', [CompletionResultType]::ParameterName, 'Use no profile from now on')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;profile;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;profile;show' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Show where each value comes from')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;profile;remove' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;profile;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a profile: asked on a terminal, or given by options')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Use a profile from now on')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the value of every setting, and where it comes from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;profile;help;add' {
            break
        }
        'trefoil;profile;help;use' {
            break
        }
        'trefoil;profile;help;list' {
            break
        }
        'trefoil;profile;help;show' {
            break
        }
        'trefoil;profile;help;remove' {
            break
        }
        'trefoil;profile;help;help' {
            break
        }
        'trefoil;doctor' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;man' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--trace', '--trace', [CompletionResultType]::ParameterName, 'Write what is sent and received to this file, as one JSON object a line')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Answer every question with yes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help: -h the most used options, --help all of them')
            break
        }
        'trefoil;help' {
            [CompletionResult]::new('clasp', 'clasp', [CompletionResultType]::ParameterValue, 'Talk to a CLASP router: shared state and signals')
            [CompletionResult]::new('forge', 'forge', [CompletionResultType]::ParameterValue, 'Talk to a forge service: prompts, sessions, files, tokens')
            [CompletionResult]::new('vuer', 'vuer', [CompletionResultType]::ParameterValue, 'Talk to a Vuer server: events of a 3D scene')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'Keep settings under a name: URLs, tokens, guards')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Probe every service, and show what is configured')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;help;clasp' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Write a value and wait until the router has it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print values; exit with 6 if there are none')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'Print what a router has recorded, one record a line')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show what matches in a live table: value, age, rate and history')
            [CompletionResult]::new('emit', 'emit', [CompletionResultType]::ParameterValue, 'Send an event, and wait until the router has handled it')
            [CompletionResult]::new('stream', 'stream', [CompletionResultType]::ParameterValue, 'Send samples of a stream')
            [CompletionResult]::new('gesture', 'gesture', [CompletionResultType]::ParameterValue, 'Send a gesture: one phase, or all of it from stdin')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Play keyframes: write values that change over time')
            [CompletionResult]::new('bundle', 'bundle', [CompletionResultType]::ParameterValue, 'Send several operations as one, now or at a time')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('record', 'record', [CompletionResultType]::ParameterValue, 'Keep what matches in a file, with the time it came, to be replayed')
            [CompletionResult]::new('replay', 'replay', [CompletionResultType]::ParameterValue, 'Play a recording, in its time')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until an address holds what is wanted, and print it')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Run a command for each message')
            [CompletionResult]::new('lock', 'lock', [CompletionResultType]::ParameterValue, 'Hold locks while a command runs')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'List the params that exist and the signals that were announced')
            [CompletionResult]::new('dump', 'dump', [CompletionResultType]::ParameterValue, 'Print state as one JSON object, for diff and apply')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare a file with what the router holds; exit with 6 if they differ')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Write what differs from a file, as one bundle, and read it again')
            [CompletionResult]::new('time', 'time', [CompletionResultType]::ParameterValue, 'Print the router''s time, in µs since the epoch')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Measure the round trip to the router and the offset of its clock')
            [CompletionResult]::new('bridge', 'bridge', [CompletionResultType]::ParameterValue, 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a CLASP router, alone or around a command')
            [CompletionResult]::new('cluster', 'cluster', [CompletionResultType]::ParameterValue, 'Show the routers of a cluster')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage the tokens of a router served with --tokens')
            break
        }
        'trefoil;help;clasp;set' {
            break
        }
        'trefoil;help;clasp;get' {
            break
        }
        'trefoil;help;clasp;history' {
            break
        }
        'trefoil;help;clasp;subscribe' {
            break
        }
        'trefoil;help;clasp;watch' {
            break
        }
        'trefoil;help;clasp;emit' {
            break
        }
        'trefoil;help;clasp;stream' {
            break
        }
        'trefoil;help;clasp;gesture' {
            break
        }
        'trefoil;help;clasp;timeline' {
            break
        }
        'trefoil;help;clasp;bundle' {
            break
        }
        'trefoil;help;clasp;publish' {
            break
        }
        'trefoil;help;clasp;record' {
            break
        }
        'trefoil;help;clasp;replay' {
            break
        }
        'trefoil;help;clasp;wait' {
            break
        }
        'trefoil;help;clasp;on' {
            break
        }
        'trefoil;help;clasp;lock' {
            break
        }
        'trefoil;help;clasp;query' {
            break
        }
        'trefoil;help;clasp;dump' {
            break
        }
        'trefoil;help;clasp;diff' {
            break
        }
        'trefoil;help;clasp;apply' {
            break
        }
        'trefoil;help;clasp;time' {
            break
        }
        'trefoil;help;clasp;ping' {
            break
        }
        'trefoil;help;clasp;bridge' {
            [CompletionResult]::new('osc', 'osc', [CompletionResultType]::ParameterValue, 'Bridge OSC (UDP, TCP) and a router')
            [CompletionResult]::new('mqtt', 'mqtt', [CompletionResultType]::ParameterValue, 'Bridge an MQTT broker (3.1.1, 5) and a router')
            [CompletionResult]::new('sacn', 'sacn', [CompletionResultType]::ParameterValue, 'Bridge sACN (E1.31) and a router')
            [CompletionResult]::new('artnet', 'artnet', [CompletionResultType]::ParameterValue, 'Bridge Art-Net (4) and a router')
            break
        }
        'trefoil;help;clasp;bridge;osc' {
            break
        }
        'trefoil;help;clasp;bridge;mqtt' {
            break
        }
        'trefoil;help;clasp;bridge;sacn' {
            break
        }
        'trefoil;help;clasp;bridge;artnet' {
            break
        }
        'trefoil;help;clasp;serve' {
            break
        }
        'trefoil;help;clasp;cluster' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the routers of a cluster, as its engine knows them; exit with 6 if there are none')
            break
        }
        'trefoil;help;clasp;cluster;status' {
            break
        }
        'trefoil;help;clasp;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a token and print it, once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one token''s scopes and times')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Remove a token; its sessions end')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove the tokens that have expired')
            break
        }
        'trefoil;help;clasp;token;create' {
            break
        }
        'trefoil;help;clasp;token;list' {
            break
        }
        'trefoil;help;clasp;token;show' {
            break
        }
        'trefoil;help;clasp;token;revoke' {
            break
        }
        'trefoil;help;clasp;token;prune' {
            break
        }
        'trefoil;help;forge' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a prompt and print the answer; costs money and is never repeated')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'Run a file of prompts with a journal, so that nothing is paid for twice')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Stop a run or a turn that is under way')
            [CompletionResult]::new('upload', 'upload', [CompletionResultType]::ParameterValue, 'Upload files and print their tokens')
            [CompletionResult]::new('session', 'session', [CompletionResultType]::ParameterValue, 'Work in sessions, which remember earlier turns')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Create, list and revoke app tokens')
            [CompletionResult]::new('ledger', 'ledger', [CompletionResultType]::ParameterValue, 'Show the recorded runs and turns')
            [CompletionResult]::new('health', 'health', [CompletionResultType]::ParameterValue, 'Ask the service for its health; exit with 5 if it is not healthy')
            [CompletionResult]::new('usage', 'usage', [CompletionResultType]::ParameterValue, 'Show what runs and turns have cost, day by day')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a service: claude for a team, with tokens, a queue and budgets')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Run an agent for a service')
            break
        }
        'trefoil;help;forge;run' {
            break
        }
        'trefoil;help;forge;batch' {
            break
        }
        'trefoil;help;forge;cancel' {
            break
        }
        'trefoil;help;forge;upload' {
            break
        }
        'trefoil;help;forge;session' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Open a session')
            [CompletionResult]::new('turn', 'turn', [CompletionResultType]::ParameterValue, 'Send a prompt in a session; costs money and is never repeated')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the token''s sessions, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a session''s state')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Close sessions')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a session of its own, closed when it ends')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Chat in a session, line by line')
            break
        }
        'trefoil;help;forge;session;new' {
            break
        }
        'trefoil;help;forge;session;turn' {
            break
        }
        'trefoil;help;forge;session;list' {
            break
        }
        'trefoil;help;forge;session;show' {
            break
        }
        'trefoil;help;forge;session;close' {
            break
        }
        'trefoil;help;forge;session;exec' {
            break
        }
        'trefoil;help;forge;session;chat' {
            break
        }
        'trefoil;help;forge;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an app token and print it once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the app tokens')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke an app token')
            break
        }
        'trefoil;help;forge;token;create' {
            break
        }
        'trefoil;help;forge;token;list' {
            break
        }
        'trefoil;help;forge;token;revoke' {
            break
        }
        'trefoil;help;forge;ledger' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List runs and turns, the newest last')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one, with the service''s reply')
            [CompletionResult]::new('last', 'last', [CompletionResultType]::ParameterValue, 'Show the newest')
            [CompletionResult]::new('settle', 'settle', [CompletionResultType]::ParameterValue, 'Ask the service for the outcome of entries without a known one')
            break
        }
        'trefoil;help;forge;ledger;list' {
            break
        }
        'trefoil;help;forge;ledger;show' {
            break
        }
        'trefoil;help;forge;ledger;last' {
            break
        }
        'trefoil;help;forge;ledger;settle' {
            break
        }
        'trefoil;help;forge;health' {
            break
        }
        'trefoil;help;forge;usage' {
            break
        }
        'trefoil;help;forge;serve' {
            break
        }
        'trefoil;help;forge;guard' {
            break
        }
        'trefoil;help;vuer' {
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send an event, or one a line from stdin')
            [CompletionResult]::new('recv', 'recv', [CompletionResultType]::ParameterValue, 'Print what the server sends, one event a line')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Send a request and print the answer to it')
            [CompletionResult]::new('scene', 'scene', [CompletionResultType]::ParameterValue, 'Print the scene graph as it stands: a tree, or JSON in a pipe')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Show a scene in browsers: operations from stdin, events to stdout')
            [CompletionResult]::new('grab', 'grab', [CompletionResultType]::ParameterValue, 'Take a picture of a scene')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Show a robot, a mesh or a point cloud in browsers')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Install the web page of the Python package, or say which is used')
            break
        }
        'trefoil;help;vuer;send' {
            break
        }
        'trefoil;help;vuer;recv' {
            break
        }
        'trefoil;help;vuer;call' {
            break
        }
        'trefoil;help;vuer;scene' {
            break
        }
        'trefoil;help;vuer;serve' {
            break
        }
        'trefoil;help;vuer;grab' {
            break
        }
        'trefoil;help;vuer;load' {
            break
        }
        'trefoil;help;vuer;page' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Download the page of the Python package into the user''s data folder')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove it again')
            break
        }
        'trefoil;help;vuer;page;install' {
            break
        }
        'trefoil;help;vuer;page;remove' {
            break
        }
        'trefoil;help;profile' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a profile: asked on a terminal, or given by options')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Use a profile from now on')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the value of every setting, and where it comes from')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile')
            break
        }
        'trefoil;help;profile;add' {
            break
        }
        'trefoil;help;profile;use' {
            break
        }
        'trefoil;help;profile;list' {
            break
        }
        'trefoil;help;profile;show' {
            break
        }
        'trefoil;help;profile;remove' {
            break
        }
        'trefoil;help;doctor' {
            break
        }
        'trefoil;help;completions' {
            break
        }
        'trefoil;help;man' {
            break
        }
        'trefoil;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
