
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
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('clasp', 'clasp', [CompletionResultType]::ParameterValue, 'Talk to a CLASP router: shared state and signals')
            [CompletionResult]::new('vuer', 'vuer', [CompletionResultType]::ParameterValue, 'Talk to a Vuer server: events of a 3D scene')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Write a value and wait until the router has it')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print values; exit with 6 if there are none')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('sub', 'sub', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('emit', 'emit', [CompletionResultType]::ParameterValue, 'Send an event, and wait until the router has handled it')
            [CompletionResult]::new('stream', 'stream', [CompletionResultType]::ParameterValue, 'Send samples of a stream')
            [CompletionResult]::new('gesture', 'gesture', [CompletionResultType]::ParameterValue, 'Send a gesture: one phase, or all of it from stdin')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Play keyframes: write values that change over time')
            [CompletionResult]::new('bundle', 'bundle', [CompletionResultType]::ParameterValue, 'Send several operations as one, now or at a time')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('pub', 'pub', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until an address holds what is wanted, and print it')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Run a command for each message')
            [CompletionResult]::new('lock', 'lock', [CompletionResultType]::ParameterValue, 'Hold locks while a command runs')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'List the params that exist and the signals that were announced')
            [CompletionResult]::new('time', 'time', [CompletionResultType]::ParameterValue, 'Print the router''s time, in µs since the epoch')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Measure the round trip to the router and the offset of its clock')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a CLASP router, alone or around a command')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage the tokens of a router served with --tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;clasp;set' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Let the value live so long after its last use: whole seconds, or never')
            [CompletionResult]::new('--if-revision', '--if-revision', [CompletionResultType]::ParameterName, 'Write only if this is the address''s revision now')
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--ttl-absolute', '--ttl-absolute', [CompletionResultType]::ParameterName, 'Count the time to live from the write, whoever uses it meanwhile')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;get' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--default', '--default', [CompletionResultType]::ParameterName, 'Print this for an address that has no value')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Print the whole record: address, value, revision, writer, timestamp')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;subscribe' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after so many records')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print by this template, such as ''{address} {value}''; \t is a tab')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most so many messages a second for each address; the last of a burst always comes (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after so long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for so long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Ask the router for a sign of life after so long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the values that are there already')
            [CompletionResult]::new('--retained-only', '--retained-only', [CompletionResultType]::ParameterName, 'Print the values that are there already, and exit')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Add when a record arrived here: received, in µs since the epoch')
            [CompletionResult]::new('--lifecycle', '--lifecycle', [CompletionResultType]::ParameterName, 'Print records of type connected, disconnected and error, too')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;sub' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after so many records')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print by this template, such as ''{address} {value}''; \t is a tab')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most so many messages a second for each address; the last of a burst always comes (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after so long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for so long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Ask the router for a sign of life after so long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Leave out the values that are there already')
            [CompletionResult]::new('--retained-only', '--retained-only', [CompletionResultType]::ParameterName, 'Print the values that are there already, and exit')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Add when a record arrived here: received, in µs since the epoch')
            [CompletionResult]::new('--lifecycle', '--lifecycle', [CompletionResultType]::ParameterName, 'Print records of type connected, disconnected and error, too')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;emit' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;stream' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send so many lines a second, instead of each as it comes')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;gesture' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send so many lines a second, instead of each as it comes')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;timeline' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--time-unit', '--time-unit', [CompletionResultType]::ParameterName, 'What a time counts that is a number, in JSON')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Begin at this time by the router''s clock: +2s, RFC 3339, or µs since the epoch')
            [CompletionResult]::new('--fps', '--fps', [CompletionResultType]::ParameterName, 'Write so many values a second')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--loop', '--loop', [CompletionResultType]::ParameterName, 'Play it again and again, until Ctrl-C')
            [CompletionResult]::new('--publish', '--publish', [CompletionResultType]::ParameterName, 'Send it once, as a timeline signal, and leave the playing to the router')
            [CompletionResult]::new('--preview', '--preview', [CompletionResultType]::ParameterName, 'Draw the curve, and send nothing')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'trefoil;clasp;bundle' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Write a value; again for further ones, in the order given')
            [CompletionResult]::new('--emit', '--emit', [CompletionResultType]::ParameterName, 'Send an event')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Send a sample of a stream')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Do it at this time by the router''s clock: +2s, RFC 3339, or µs since the epoch. It is held here until then, unless the router keeps time')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--at-router', '--at-router', [CompletionResultType]::ParameterName, 'With --at: leave the time to the router, even if it does not say that it keeps time; many execute at once then')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Read again what was set, and exit with 7 if it is not there [default: unless the router keeps time]')
            [CompletionResult]::new('--no-verify', '--no-verify', [CompletionResultType]::ParameterName, 'Do not read again what was set')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;publish' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;pub' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--on-error', '--on-error', [CompletionResultType]::ParameterName, 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'In bulk: read every address again and compare, however many there are')
            [CompletionResult]::new('--single', '--single', [CompletionResultType]::ParameterName, 'In bulk: send every line alone, so that each is acknowledged by itself')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;wait' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--eq', '--eq', [CompletionResultType]::ParameterName, 'Until it is this')
            [CompletionResult]::new('--ne', '--ne', [CompletionResultType]::ParameterName, 'Until it is anything but this; no value at all does not count')
            [CompletionResult]::new('--gt', '--gt', [CompletionResultType]::ParameterName, 'Until it is greater than this')
            [CompletionResult]::new('--ge', '--ge', [CompletionResultType]::ParameterName, 'Until it is this or greater')
            [CompletionResult]::new('--lt', '--lt', [CompletionResultType]::ParameterName, 'Until it is less than this')
            [CompletionResult]::new('--le', '--le', [CompletionResultType]::ParameterName, 'Until it is this or less')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Until this jq filter gives true for the value')
            [CompletionResult]::new('--stable', '--stable', [CompletionResultType]::ParameterName, 'The conditions must hold so long without interruption')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--any', '--any', [CompletionResultType]::ParameterName, 'Let one of several conditions be enough; otherwise all must hold')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;on' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--debounce', '--debounce', [CompletionResultType]::ParameterName, 'Wait until an address has been quiet for so long, and run once, with its last message')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Run up to so many at once')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after so many runs')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only signals of these types: param, event, stream, gesture, timeline')
            [CompletionResult]::new('--max-rate', '--max-rate', [CompletionResultType]::ParameterName, 'At most so many messages a second for each address; the last of a burst always comes (params and streams)')
            [CompletionResult]::new('--epsilon', '--epsilon', [CompletionResultType]::ParameterName, 'Only numbers that changed by as much as this (params and streams)')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after so long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for so long')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Write a line to this file descriptor when the subscription is live')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Ask the router for a sign of life after so long a silence')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('--reconnect-interval', '--reconnect-interval', [CompletionResultType]::ParameterName, 'Wait this long before reconnecting; later waits grow, up to 30s')
            [CompletionResult]::new('--max-reconnects', '--max-reconnects', [CompletionResultType]::ParameterName, 'Give up after so many attempts to reconnect in a row')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--retained', '--retained', [CompletionResultType]::ParameterName, 'Run it for the values that are there already, too')
            [CompletionResult]::new('--latest', '--latest', [CompletionResultType]::ParameterName, 'Of what waits, keep only the newest of each address, and never run two of one address at once')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('--no-reconnect', '--no-reconnect', [CompletionResultType]::ParameterName, 'Exit with 1 when the connection is lost')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;lock' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait so long for what somebody else has locked [default: not at all]')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'When the locks are lost, let the command end for so long, then kill it')
            [CompletionResult]::new('--probe-interval', '--probe-interval', [CompletionResultType]::ParameterName, 'Ask the router so often whether the locks are held still')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;query' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--tree', '--tree', [CompletionResultType]::ParameterName, 'Draw the addresses as a tree')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;time' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;ping' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Measure so many times')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Measure so many times')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Wait so long in between')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Authenticate with the token on the first line of this file')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Authenticate with the token that this shell command prints first')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce yourself to the router by this name')
            [CompletionResult]::new('--features', '--features', [CompletionResultType]::ParameterName, 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one question, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a router that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;serve' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--bind', '--bind', [CompletionResultType]::ParameterName, 'Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Introduce the router by this name')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Let in only who has a token of this file, as trefoil clasp token makes it; it is read again when it changes')
            [CompletionResult]::new('--tls-cert', '--tls-cert', [CompletionResultType]::ParameterName, 'Speak TLS with this certificate chain (PEM)')
            [CompletionResult]::new('--tls-key', '--tls-key', [CompletionResultType]::ParameterName, 'The certificate''s private key (PEM)')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Refuse more messages a second of one connection [default: no limit]')
            [CompletionResult]::new('--max-sessions', '--max-sessions', [CompletionResultType]::ParameterName, 'Have at most so many connections at a time')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Let values live so long after their last use, unless their writer says otherwise: whole seconds, or never')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Let pages of this origin connect, beside the router''s own; * lets all in; may be repeated')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;token' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
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
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Say whose it is')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;token;list' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;token;show' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;token;revoke' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;clasp;token;prune' {
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
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
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Print what matches as it happens, one record a line')
            [CompletionResult]::new('emit', 'emit', [CompletionResultType]::ParameterValue, 'Send an event, and wait until the router has handled it')
            [CompletionResult]::new('stream', 'stream', [CompletionResultType]::ParameterValue, 'Send samples of a stream')
            [CompletionResult]::new('gesture', 'gesture', [CompletionResultType]::ParameterValue, 'Send a gesture: one phase, or all of it from stdin')
            [CompletionResult]::new('timeline', 'timeline', [CompletionResultType]::ParameterValue, 'Play keyframes: write values that change over time')
            [CompletionResult]::new('bundle', 'bundle', [CompletionResultType]::ParameterValue, 'Send several operations as one, now or at a time')
            [CompletionResult]::new('publish', 'publish', [CompletionResultType]::ParameterValue, 'Send records as subscribe prints them, one a line')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until an address holds what is wanted, and print it')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Run a command for each message')
            [CompletionResult]::new('lock', 'lock', [CompletionResultType]::ParameterValue, 'Hold locks while a command runs')
            [CompletionResult]::new('query', 'query', [CompletionResultType]::ParameterValue, 'List the params that exist and the signals that were announced')
            [CompletionResult]::new('time', 'time', [CompletionResultType]::ParameterValue, 'Print the router''s time, in µs since the epoch')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Measure the round trip to the router and the offset of its clock')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a CLASP router, alone or around a command')
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
        'trefoil;clasp;help;subscribe' {
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
        'trefoil;clasp;help;time' {
            break
        }
        'trefoil;clasp;help;ping' {
            break
        }
        'trefoil;clasp;help;serve' {
            break
        }
        'trefoil;clasp;help;token' {
            break
        }
        'trefoil;clasp;help;help' {
            break
        }
        'trefoil;vuer' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send an event, or one a line from stdin')
            [CompletionResult]::new('recv', 'recv', [CompletionResultType]::ParameterValue, 'Print what the server sends, one event a line')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Send a request and print the answer to it')
            [CompletionResult]::new('scene', 'scene', [CompletionResultType]::ParameterValue, 'Print the scene graph as it stands: a tree, or JSON in a pipe')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;vuer;send' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated')
            [CompletionResult]::new('--ts', '--ts', [CompletionResultType]::ParameterName, 'Say that it happened then, in ms since the epoch [default: now]')
            [CompletionResult]::new('--await', '--await', [CompletionResultType]::ParameterName, 'Wait for an event of this type, and print it; * is any run of characters')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'From stdin: send so many events a second [default: as fast as they are read]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Take messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Introduce yourself as this client: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add to what INIT says, or change it: a JSON object; null takes a field out')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--f32', '--f32', [CompletionResultType]::ParameterName, 'Send floats in 32 bits, as the Python client does')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;vuer;recv' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--etype', '--etype', [CompletionResultType]::ParameterName, 'Only events of this type; * is any run of characters; may be repeated')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Exit after so many events')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Exit after so long')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit when nothing came for so long')
            [CompletionResult]::new('--extract', '--extract', [CompletionResultType]::ParameterName, 'Write what is binary at this path of an event to a file, and print which; other events are left out')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The files to write; %d is the number of the file from 1, %06d with zeros')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Take messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Introduce yourself as this client: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add to what INIT says, or change it: a JSON object; null takes a field out')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--reconnect', '--reconnect', [CompletionResultType]::ParameterName, 'Reconnect when the connection is lost, at growing intervals')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;vuer;call' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--reply', '--reply', [CompletionResultType]::ParameterName, 'The etype of the answer')
            [CompletionResult]::new('--field', '--field', [CompletionResultType]::ParameterName, 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated')
            [CompletionResult]::new('--ts', '--ts', [CompletionResultType]::ParameterName, 'Say that it happened then, in ms since the epoch [default: now]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Take messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Introduce yourself as this client: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add to what INIT says, or change it: a JSON object; null takes a field out')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--string', '--string', [CompletionResultType]::ParameterName, 'Take the value as a string, even if it looks like JSON')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the value as JSON, and refuse what is not')
            [CompletionResult]::new('--f32', '--f32', [CompletionResultType]::ParameterName, 'Send floats in 32 bits, as the Python client does')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;vuer;scene' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Only the node of this key; exit with 6 if there is none')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Take in changes for so long [default: until none came for 300ms, at most 2s]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Take messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]')
            [CompletionResult]::new('--ca', '--ca', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, beside the system''s')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header with the upgrade; may be repeated')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Introduce yourself as this client: servers choose handlers by it')
            [CompletionResult]::new('--init', '--init', [CompletionResultType]::ParameterName, 'Add to what INIT says, or change it: a JSON object; null takes a field out')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long [default: 5s for one event, else never]')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting (TCP, TLS and WebSocket) after this long')
            [CompletionResult]::new('--connect-retry', '--connect-retry', [CompletionResultType]::ParameterName, 'Keep trying this long to reach a server that is still starting')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Stay, and print it again when it changes')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Accept any certificate [env: VUER_SSL_VERIFY=false]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;vuer;help' {
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send an event, or one a line from stdin')
            [CompletionResult]::new('recv', 'recv', [CompletionResultType]::ParameterValue, 'Print what the server sends, one event a line')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Send a request and print the answer to it')
            [CompletionResult]::new('scene', 'scene', [CompletionResultType]::ParameterValue, 'Print the scene graph as it stands: a tree, or JSON in a pipe')
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
        'trefoil;vuer;help;help' {
            break
        }
        'trefoil;completions' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;man' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe')
            [CompletionResult]::new('--jq', '--jq', [CompletionResultType]::ParameterName, 'Pass every JSON document through this jq filter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour auto, always or never')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Print errors as text or json')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print strings without their quotes')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('--exit-status', '--exit-status', [CompletionResultType]::ParameterName, 'Exit with 6 when the last output of --jq is false or null, or there is none')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Silence progress and notes, but not warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'trefoil;help' {
            [CompletionResult]::new('clasp', 'clasp', [CompletionResultType]::ParameterValue, 'Talk to a CLASP router: shared state and signals')
            [CompletionResult]::new('vuer', 'vuer', [CompletionResultType]::ParameterValue, 'Talk to a Vuer server: events of a 3D scene')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'trefoil;help;clasp' {
            break
        }
        'trefoil;help;vuer' {
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
