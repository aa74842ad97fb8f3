# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_trefoil_global_optspecs
    string join \n profile= o/output= r/raw jq= e/exit-status q/quiet color= errors= v/verbose trace= y/yes h/help V/version
end

function __fish_trefoil_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_trefoil_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_trefoil_using_subcommand
    set -l cmd (__fish_trefoil_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c trefoil -n "__fish_trefoil_needs_command" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_needs_command" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_needs_command" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_needs_command" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_needs_command" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_needs_command" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_needs_command" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_needs_command" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_needs_command" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_needs_command" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_needs_command" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_needs_command" -s V -l version -d 'Print version'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "clasp" -d 'Talk to a CLASP router: shared state and signals'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "forge" -d 'Talk to a forge service: prompts, sessions, files, tokens'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "vuer" -d 'Talk to a Vuer server: events of a 3D scene'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "profile" -d 'Keep settings under a name: URLs, tokens, guards'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "doctor" -d 'Probe every service, and show what is configured'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "man" -d 'Print the manual page of a command'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "history" -d 'Print what a router has recorded, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "sub" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "watch" -d 'Show what matches in a live table: value, age, rate and history'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "stream" -d 'Send samples of a stream'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "gesture" -d 'Send a gesture: one phase, or all of it from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "timeline" -d 'Play keyframes: write values that change over time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "bundle" -d 'Send several operations as one, now or at a time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "pub" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "record" -d 'Keep what matches in a file, with the time it came, to be replayed'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "replay" -d 'Play a recording, in its time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "wait" -d 'Wait until an address holds what is wanted, and print it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "on" -d 'Run a command for each message'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "lock" -d 'Hold locks while a command runs'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "query" -d 'List the params that exist and the signals that were announced'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "dump" -d 'Print state as one JSON object, for diff and apply'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "diff" -d 'Compare a file with what the router holds; exit with 6 if they differ'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "apply" -d 'Write what differs from a file, as one bundle, and read it again'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "time" -d 'Print the router\'s time, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "bridge" -d 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "cluster" -d 'Show the routers of a cluster'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get history subscribe sub watch emit stream gesture timeline bundle publish pub record replay wait on lock query dump diff apply time ping bridge serve cluster token help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ttl -d 'Expire the value this long after its last use: whole seconds, or never' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l if-revision -d 'Write only if this is the current revision' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l on-error -d 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ttl-absolute -d 'Count the TTL from the write, not from the last use'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l at -d 'Print the values of this time, from the router\'s history: a duration ago (10m), RFC 3339, or µs since the epoch' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l default -d 'Print this for an address that has no value' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l meta -d 'Print the whole record: address, value, revision, writer, timestamp'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l since -d 'From this time on: a duration ago (1h), RFC 3339, or µs since the epoch' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l until -d 'Up to this time, in the same forms' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l limit -d 'Print at most this many, the oldest' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l last -d 'Print at most this many, the latest' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l type -d 'Print only these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l max-rate -d 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l for -d 'Exit after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l idle -d 'Exit when nothing came for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l probe-interval -d 'Probe the connection after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l count -d 'Exit after this many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l format -d 'Print by this template, such as \'{address} {value}\'; \\t is a tab' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l new -d 'Leave out the present values'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l retained-only -d 'Print the present values, and exit'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l stamp -d 'Add the time of receipt to each record: received, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l lifecycle -d 'Print records of type connected, disconnected and error, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l max-rate -d 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l for -d 'Exit after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l idle -d 'Exit when nothing came for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l probe-interval -d 'Probe the connection after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l count -d 'Exit after this many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l format -d 'Print by this template, such as \'{address} {value}\'; \\t is a tab' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l new -d 'Leave out the present values'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l retained-only -d 'Print the present values, and exit'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l stamp -d 'Add the time of receipt to each record: received, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l lifecycle -d 'Print records of type connected, disconnected and error, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l max-rate -d 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l for -d 'Exit after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l idle -d 'Exit when nothing came for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l probe-interval -d 'Probe the connection after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l count -d 'Exit after this many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l format -d 'Print by this template, such as \'{address} {value}\'; \\t is a tab' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l grid -d 'Show universes of DMX as 512 cells each: addresses such as /sacn/1/5, or arrays such as /sacn/1'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l new -d 'Leave out the present values'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l retained-only -d 'Print the present values, and exit'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l stamp -d 'Add the time of receipt to each record: received, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l lifecycle -d 'Print records of type connected, disconnected and error, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l rate -d 'Send this many lines a second, instead of each as it comes' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from stream" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l rate -d 'Send this many lines a second, instead of each as it comes' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from gesture" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l time-unit -d 'The unit of times in JSON that are numbers' -r -f -a "ms\t'Milliseconds'
us\t'Microseconds'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l at -d 'Begin at this time by the router\'s clock: +2s, RFC 3339, or µs since the epoch' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l fps -d 'Write this many values a second' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l loop -d 'Play in a loop, until Ctrl-C'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l publish -d 'Send it once, as a timeline signal, for the router to play'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l preview -d 'Draw the curve, and send nothing'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from timeline" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l set -d 'Write a value; may be repeated; the order is kept' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l emit -d 'Send an event' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l stream -d 'Send a sample of a stream' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l at -d 'Execute it at this time by the router\'s clock: +2s, RFC 3339, or µs since the epoch. trefoil holds it until then, unless the router can' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l at-router -d 'With --at: let the router hold it, even if it does not say that it can; many routers then execute it at once'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l verify -d 'Read the values again, and exit with 7 if one is missing [default: unless the router says that it applies a bundle as a whole or not at all]'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l no-verify -d 'Do not read the values again'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bundle" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l on-error -d 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l on-error -d 'In bulk: stop at a line that is bad or refused, or skip it [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l max-rate -d 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l for -d 'Exit after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l idle -d 'Exit when nothing came for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l probe-interval -d 'Probe the connection after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l count -d 'Exit after this many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s O -l out -d 'Write to this file, - is stdout [default: -]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l new -d 'Leave out the present values'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l force -d 'Overwrite an existing file'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from record" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l speed -d 'Play this many times as fast; max plays without pauses' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l start -d 'Begin this long after the first record, or at a time (RFC 3339, µs since the epoch); params are first set to their values at that time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l remap -d 'Replace the address prefix /a by /b; may be repeated; the longest that matches is used' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l loop -d 'Play in a loop, until Ctrl-C; --loop=3 plays it three times' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l max-pause -d 'Shorten longer pauses to this, also those from a clock that was set forward' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l dry-run -d 'Print what would be sent and when, and send nothing; this also checks every line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l eq -d 'Until it is this' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l ne -d 'Until it has another value than this' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l gt -d 'Until it is greater than this' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l ge -d 'Until it is this or greater' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l lt -d 'Until it is less than this' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l le -d 'Until it is this or less' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l until -d 'Until this jq filter gives true for the value' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l stable -d 'The conditions must hold this long without interruption' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l any -d 'Exit when one of several conditions holds, instead of all'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l debounce -d 'Wait until an address has been quiet for this long, and run once, with its last message' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l parallel -d 'Run up to this many at once' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l count -d 'Exit after this many runs' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l max-rate -d 'At most this many messages a second for each address; the last of a burst is always delivered (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l for -d 'Exit after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l idle -d 'Exit when nothing came for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l probe-interval -d 'Probe the connection after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l retained -d 'Run it also for the present values'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l latest -d 'Queue only the newest message of each address, and never run two for the same address at once'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from on" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l wait -d 'Wait this long for a lock that is held elsewhere [default: do not wait]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l grace -d 'When the locks are lost, send SIGTERM, and SIGKILL after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l probe-interval -d 'Check this often with the router that the locks are still held' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from lock" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l tree -d 'Draw the addresses as a tree'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from query" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l out -d 'Write it to this file, which stays as it is if there is nothing to write' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from dump" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l dry-run -d 'Print what would be written, as diff does, write nothing, and exit with 0'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l all -d 'Write every address, also where it holds its value already'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l split -d 'Send several bundles, one after the other, if it does not fit into one'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from time" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s c -l count -d 'Measure this many times' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l interval -d 'Wait this long in between' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l config -d 'Run all bridges of this TOML file: docs/bridges.md describes it' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l probe-interval -d 'Probe the router after this long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l url -d 'Connect to this router, or to the first of several that answers: URL,URL [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l name -d 'Use this client name in HELLO [default: trefoil]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l timeout -d 'Give up after this long [default: 5s for one request, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l max-reconnects -d 'Give up after this many failed attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l dry-run -d 'Print what would be sent to either side, and send nothing'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l no-token -d 'Send no token, whatever the environment or the profile has'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -f -a "osc" -d 'Bridge OSC (UDP, TCP) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -f -a "mqtt" -d 'Bridge an MQTT broker (3.1.1, 5) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -f -a "sacn" -d 'Bridge sACN (E1.31) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -f -a "artnet" -d 'Bridge Art-Net (4) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from bridge" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l bind -d 'Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l name -d 'Use this name for the router in WELCOME' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tokens -d 'Admit only clients with a token from this file, which trefoil clasp token manages; it is read again when it changes' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tls-cert -d 'Speak TLS with this certificate chain (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tls-key -d 'The certificate\'s private key (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l data -d 'Keep values, held bundles, timelines and announced signals in this folder; they survive a restart and a crash of the router' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l history -d 'Keep events and values for REPLAY and clasp history: for a time (24h), up to a size (1GiB), both, or with a time per pattern (\'/sensors/**=7d\', \'/video/**=none\'); may be repeated [default: none]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l sync -d 'Sync acknowledged writes to disk within this time, or before the acknowledgement (always); only a system crash can lose them meanwhile' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster -d 'Be one router of a cluster over this NATS JetStream engine (nats-server 2.12 or newer); several URLs are several servers of it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster-name -d 'Share values and events with the routers of this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster-credentials -d 'Log in to the engine with what this file holds: USER:PASSWORD, a token, an nkey seed, or a .creds file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster-ca -d 'Trust the certificates in this PEM file for the engine, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster-cert -d 'Show this certificate (PEM) to an engine that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l cluster-key -d 'The key of --cluster-cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l rate-limit -d 'Accept at most this many messages a second per connection [default: no limit]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l max-sessions -d 'Allow at most this many connections at a time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l ping-interval -d 'Ping a connection that is silent for this long, and close it when it stays silent for as long again' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l ttl -d 'Expire values this long after their last use, unless their writer sets a TTL: whole seconds, or never' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l allow-origin -d 'Let web pages of this origin connect, besides the router\'s own; * allows all; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l metrics -d 'Serve /metrics for Prometheus and /healthz for health checks on this port' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l osc -d 'Bridge OSC at this port, as clasp bridge osc does; tcp:PORT for TCP; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l mqtt -d 'Bridge this MQTT broker, as clasp bridge mqtt does: HOST, mqtt://HOST:PORT or mqtts://HOST' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l sacn -d 'Bridge these sACN universes, as clasp bridge sacn does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l artnet -d 'Bridge these Art-Net universes, as clasp bridge artnet does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l bridge-config -d 'Run the bridges of this TOML file, with all options: docs/bridges.md describes it' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -f -a "status" -d 'List the routers of a cluster, as its engine knows them; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from cluster" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "create" -d 'Make a token and print it, once'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "show" -d 'Show one token\'s scopes and times'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Remove a token; its sessions end'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "prune" -d 'Remove the tokens that have expired'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "history" -d 'Print what a router has recorded, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "watch" -d 'Show what matches in a live table: value, age, rate and history'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "stream" -d 'Send samples of a stream'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "gesture" -d 'Send a gesture: one phase, or all of it from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "timeline" -d 'Play keyframes: write values that change over time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "bundle" -d 'Send several operations as one, now or at a time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "record" -d 'Keep what matches in a file, with the time it came, to be replayed'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "replay" -d 'Play a recording, in its time'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "wait" -d 'Wait until an address holds what is wanted, and print it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "on" -d 'Run a command for each message'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "lock" -d 'Hold locks while a command runs'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "query" -d 'List the params that exist and the signals that were announced'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "dump" -d 'Print state as one JSON object, for diff and apply'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Compare a file with what the router holds; exit with 6 if they differ'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Write what differs from a file, as one bundle, and read it again'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "time" -d 'Print the router\'s time, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "bridge" -d 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "cluster" -d 'Show the routers of a cluster'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "run" -d 'Run a prompt and print the answer; costs money and is never repeated'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "batch" -d 'Run a file of prompts with a journal, so that nothing is paid for twice'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "cancel" -d 'Stop a run or a turn that is under way'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "upload" -d 'Upload files and print their tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "session" -d 'Work in sessions, which remember earlier turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "token" -d 'Create, list and revoke app tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "ledger" -d 'Show the recorded runs and turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "health" -d 'Ask the service for its health; exit with 5 if it is not healthy'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "usage" -d 'Show what runs and turns have cost, day by day'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "serve" -d 'Run a service: claude for a team, with tokens, a queue and budgets'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "guard" -d 'Run an agent for a service'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and not __fish_seen_subcommand_from run batch cancel upload session token ledger health usage serve guard help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l model -d 'Run it by this model' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l system -d 'Use this system prompt: a text, or @FILE' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l system-mode -d 'Append --system to the model\'s own system prompt, or replace that' -r -f -a "append\t''
replace\t''"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l effort -d 'Let the model think this much: low, medium, high, xhigh or max' -r -f -a "low\t''
medium\t''
high\t''
xhigh\t''
max\t''"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s f -l file -d 'Show the model this file: a path, which is uploaded first, or a token that upload has printed; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l timeout -d 'Limit the run to this time, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l schema -d 'Exit with 6 unless the result conforms to the JSON Schema in this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l expect -d 'Exit with 6 unless this jq filter is true of the result' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l stream -d 'Print the text as it arrives, if the service streams it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l dry-run -d 'Print the request as a curl command, and send nothing'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l no-ledger -d 'Record no entry in the ledger'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l fail-on-empty -d 'Exit with 6 if the result is empty, or only a notice of a usage limit'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l journal -d 'Record in this file what was sent, and its outcome' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l concurrency -d 'Run this many at once, 1 to 64' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l max-runs -d 'Start at most this many runs, and leave the rest' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l model -d 'The model of lines without one' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l system -d 'The system prompt of lines without one: a text, or @FILE' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l system-mode -d 'Append --system to the model\'s own system prompt, or replace that' -r -f -a "append\t''
replace\t''"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l effort -d 'The effort of lines without one: low, medium, high, xhigh or max' -r -f -a "low\t''
medium\t''
high\t''
xhigh\t''
max\t''"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l timeout -d 'The time limit of lines without one, 5s to 30m, a bare number is seconds; the reply may come 30 s later [default: 120s, or what the token may use]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l resume -d 'Continue the batch of an existing journal'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l retry-unknown -d 'Send lines of unknown outcome again; they may be charged twice'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l unordered -d 'Print results as they arrive, not in input order'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from batch" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l timeout -d 'Give up after this long; a bare number is seconds' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l ttl -d 'Let the service keep them this long, 60s to 24h; a bare number is seconds' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l name -d 'Tell the service this file name, instead of the last part of PATH' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l type -d 'Tell the service this media type [default: from the file\'s extension]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l timeout -d 'Give up a file after this long; a bare number is seconds [default: never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from upload" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "new" -d 'Open a session'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "turn" -d 'Send a prompt in a session; costs money and is never repeated'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "list" -d 'List the token\'s sessions, the newest first'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "show" -d 'Show a session\'s state'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "close" -d 'Close sessions'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "exec" -d 'Run a command with a session of its own, closed when it ends'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "chat" -d 'Chat in a session, line by line'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from session" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -f -a "create" -d 'Create an app token and print it once'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the app tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Revoke an app token'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from token" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -f -a "list" -d 'List runs and turns, the newest last'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -f -a "show" -d 'Show one, with the service\'s reply'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -f -a "last" -d 'Show the newest'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -f -a "settle" -d 'Ask the service for the outcome of entries without a known one'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from ledger" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l timeout -d 'Give up after this long; a bare number is seconds' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from health" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l days -d 'Show this many days, including today' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l timeout -d 'Give up after this long; a bare number is seconds' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l url -d 'Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default: http://localhost:8800]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l header -d 'Send this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l connect-timeout -d 'Give up connecting (DNS, TCP and TLS) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l connect-retry -d 'Keep trying this long to reach a service that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l all -d 'Show all tokens, as the administrator'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from usage" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l bind -d 'Listen here [default: 127.0.0.1:8800; with a COMMAND any free port]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l state -d 'Keep tokens, sessions, answers and files in this folder [default: $XDG_STATE_HOME/trefoil/forge; with a COMMAND one that is removed]; or in a PostgreSQL that several instances share, postgres://USER@HOST/DATABASE' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l folder -d 'With a URL as --state: keep the conversations and uploads of this instance in this folder [default: $XDG_STATE_HOME/trefoil/forge]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l advertise -d 'The URL of this instance that clients of the others are told [default: the address at which it listens]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l claude -d 'Run this program for every prompt: Claude Code\'s, 2.1.332 or later, or one that speaks stream-json as it does (docs/forge-agents.md)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l agent-command -d 'Let sessions name this agent, too: a command that speaks ACP on stdin and stdout, its words parted by spaces; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l admin-token-file -d 'Read the administrator\'s token from this file [default: STATE/admin-token, made if it is not there]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l tls-cert -d 'Speak TLS with this certificate chain (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l tls-key -d 'The certificate\'s private key (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l max-running -d 'Run this many prompts at a time [default: as memory and cores allow]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l max-waiting -d 'Queue at most this many prompts of each token; refuse more' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l warm -d 'Keep the processes of this many sessions between turns [default: as memory allows]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l session-ttl -d 'Close a session that was idle for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l keep -d 'Keep answers and closed sessions for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l env -d 'Pass this environment variable on to the agents, beside the usual ones; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -l audit-prompts -d 'Write prompts into STATE/audit.ndjson, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from guard" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a prompt and print the answer; costs money and is never repeated'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "batch" -d 'Run a file of prompts with a journal, so that nothing is paid for twice'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Stop a run or a turn that is under way'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "upload" -d 'Upload files and print their tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "session" -d 'Work in sessions, which remember earlier turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "token" -d 'Create, list and revoke app tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "ledger" -d 'Show the recorded runs and turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "health" -d 'Ask the service for its health; exit with 5 if it is not healthy'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "usage" -d 'Show what runs and turns have cost, day by day'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Run a service: claude for a team, with tokens, a queue and budgets'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "guard" -d 'Run an agent for a service'
complete -c trefoil -n "__fish_trefoil_using_subcommand forge; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "send" -d 'Send an event, or one a line from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "recv" -d 'Print what the server sends, one event a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "call" -d 'Send a request and print the answer to it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "scene" -d 'Print the scene graph as it stands: a tree, or JSON in a pipe'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "serve" -d 'Show a scene in browsers: operations from stdin, events to stdout'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "grab" -d 'Take a picture of a scene'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "load" -d 'Show a robot, a mesh or a point cloud in browsers'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "page" -d 'Install the web page of the Python package, or say which is used'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and not __fish_seen_subcommand_from send recv call scene serve grab load page help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l await -d 'Wait for an event of this type, and print it; * matches any characters' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l rate -d 'From stdin: send this many events a second [default: as fast as they are read]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l field -d 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l ts -d 'Set the time of the event, in ms since the epoch [default: now]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l url -d 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l max-size -d 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l cert-key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l as -d 'Use this client name in INIT: servers choose handlers by it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l init -d 'Add or change fields of INIT: a JSON object; null removes a field' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l timeout -d 'Give up after this long [default: 5s for one event, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l connect-timeout -d 'Give up connecting (TCP, TLS and WebSocket) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l connect-retry -d 'Keep trying this long to reach a server that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l keepalive -d 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l f32 -d 'Send floats in 32 bits, as the Python client does'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -l insecure -d 'Accept any certificate [env: VUER_SSL_VERIFY=false]'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l etype -d 'Print only events of this type; * matches any characters; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l count -d 'Exit after this many events' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l for -d 'Exit after this much time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l idle -d 'Exit when no event has arrived for this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l extract -d 'Write the binary value at this path of each event to a file, and print the file\'s name; events without one are skipped' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l to -d 'The files to write; %d is the file\'s number, starting at 1; %06d adds zeros' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l url -d 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l max-size -d 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l cert-key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l as -d 'Use this client name in INIT: servers choose handlers by it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l init -d 'Add or change fields of INIT: a JSON object; null removes a field' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l timeout -d 'Give up after this long [default: 5s for one event, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l connect-timeout -d 'Give up connecting (TCP, TLS and WebSocket) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l connect-retry -d 'Keep trying this long to reach a server that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l keepalive -d 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l force -d 'Overwrite files of --to that exist'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l reconnect -d 'Reconnect when the connection is lost, with increasing waits'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -l insecure -d 'Accept any certificate [env: VUER_SSL_VERIFY=false]'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from recv" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l reply -d 'The etype of the answer' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l field -d 'Add a key beside the value: JSON if it is JSON, else a string; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l ts -d 'Set the time of the event, in ms since the epoch [default: now]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l url -d 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l max-size -d 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l cert-key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l as -d 'Use this client name in INIT: servers choose handlers by it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l init -d 'Add or change fields of INIT: a JSON object; null removes a field' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l timeout -d 'Give up after this long [default: 5s for one event, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l connect-timeout -d 'Give up connecting (TCP, TLS and WebSocket) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l connect-retry -d 'Keep trying this long to reach a server that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l keepalive -d 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l f32 -d 'Send floats in 32 bits, as the Python client does'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -l insecure -d 'Accept any certificate [env: VUER_SSL_VERIFY=false]'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from call" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l key -d 'Only the node with this key; exit with 6 if there is none' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l for -d 'Collect changes for this long [default: until none came for 300ms, at most 2s]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l url -d 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l max-size -d 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l cert-key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l as -d 'Use this client name in INIT: servers choose handlers by it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l init -d 'Add or change fields of INIT: a JSON object; null removes a field' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l timeout -d 'Give up after this long [default: 5s for one event, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l connect-timeout -d 'Give up connecting (TCP, TLS and WebSocket) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l connect-retry -d 'Keep trying this long to reach a server that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l keepalive -d 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l follow -d 'Keep running, and print the scene again when it changes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -l insecure -d 'Accept any certificate [env: VUER_SSL_VERIFY=false]'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from scene" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l assets -d 'Serve the files in this folder under /workspace/, for meshes and robots' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l bind -d 'Listen here' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l page -d 'Serve the page in this folder, or the page in this binary: builtin [default: the installed page, else builtin]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l rate -d 'Send each client at most this many messages per second' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l max-clients -d 'Accept at most this many clients at a time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l allow-origin -d 'Let pages of this origin connect, in addition to our own; * allows every origin; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l token-file -d 'Require the token in this file; the printed link contains it' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l tls-cert -d 'Speak TLS with this certificate chain (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l tls-key -d 'The certificate\'s private key (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l open -d 'Open the page in the browser'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l exit-on-eof -d 'Exit when the input has ended and every client has received the scene'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l script -d 'Read operations from the COMMAND\'s stdout'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -l relay -d 'Let programs such as trefoil vuer send change the scene too'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s O -l out -d 'Write the picture to this file; .png or .jpg [default: stdout]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l every -d 'Take a picture this often, until --count or Ctrl-C' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l to -d 'Name the files of --every; %d is the number from 1, %05d with zeros' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l count -d 'Take this many pictures with --every' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l client -d 'Use the page of this client, by its number, instead of the latest page' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l width -d 'The width in pixels, of the browser or of the builtin page\'s picture [default: 1280, or the page\'s]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l height -d 'The height in pixels [default: 720, or the page\'s]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l quality -d 'The quality of a JPEG, from 0 to 1' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l wait -d 'Wait at most this long until two pictures in a row are the same' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l page -d 'Show SCENE in the page of this folder, or in the builtin page' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l assets -d 'Serve the files of this folder to the page of SCENE, below /workspace/' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l url -d 'Connect to this server [env: VUER_CLIENT_URI] [default: ws://localhost:8012]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l max-size -d 'Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE] [default: 256MiB]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l cert -d 'Show this certificate (PEM) to a server that asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l cert-key -d 'The key of --cert (PEM) [default: it is in the same file]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l proxy -d 'Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l header -d 'Send this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l as -d 'Use this client name in INIT: servers choose handlers by it' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l init -d 'Add or change fields of INIT: a JSON object; null removes a field' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l timeout -d 'Give up after this long [default: 5s for one event, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l connect-timeout -d 'Give up connecting (TCP, TLS and WebSocket) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l connect-retry -d 'Keep trying this long to reach a server that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l keepalive -d 'Ping a server that sends nothing for this long, and give it up when it sends nothing for as long again; 0s never does' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l force -d 'Overwrite files of --to that exist'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -l insecure -d 'Accept any certificate [env: VUER_SSL_VERIFY=false]'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from grab" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l joints -d 'Set the joints of a .urdf from the lines of this file, such as {"arm":0.7}; - is stdin' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l key -d 'Use this key for the element [default: the file\'s name without extension]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l bind -d 'Listen here' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l page -d 'Serve the page in this folder, or the page in this binary: builtin [default: the installed page, else builtin]' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l rate -d 'Send each client at most this many messages per second' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l max-clients -d 'Accept at most this many clients at a time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l allow-origin -d 'Let pages of this origin connect, in addition to our own; * allows every origin; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l token-file -d 'Require the token in this file; the printed link contains it' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l tls-cert -d 'Speak TLS with this certificate chain (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l tls-key -d 'The certificate\'s private key (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l open -d 'Open the page in the browser'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -l relay -d 'Let programs such as trefoil vuer send change the scene too'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -f -a "install" -d 'Download the page of the Python package into the user\'s data folder'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -f -a "remove" -d 'Remove it again'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from page" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "send" -d 'Send an event, or one a line from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "recv" -d 'Print what the server sends, one event a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "call" -d 'Send a request and print the answer to it'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "scene" -d 'Print the scene graph as it stands: a tree, or JSON in a pipe'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Show a scene in browsers: operations from stdin, events to stdout'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "grab" -d 'Take a picture of a scene'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "load" -d 'Show a robot, a mesh or a point cloud in browsers'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "page" -d 'Install the web page of the Python package, or say which is used'
complete -c trefoil -n "__fish_trefoil_using_subcommand vuer; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "add" -d 'Add a profile: asked on a terminal, or given by options'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "use" -d 'Use a profile from now on'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "list" -d 'List the profiles'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "show" -d 'Show the value of every setting, and where it comes from'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "remove" -d 'Remove a profile'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and not __fish_seen_subcommand_from add use list show remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l allow -d 'Refuse to write to CLASP addresses that no such pattern matches; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-url -d 'Connect to this CLASP router' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-token -d 'Store this token in the configuration, where every reader of the file can see it: prefer the next two' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-token-file -d 'Authenticate with the router by the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-token-command -d 'Authenticate with the router by what this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-header -d 'Send the router this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-ca -d 'Trust the certificates in this PEM file with the router' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-cert -d 'Show the router this certificate (PEM) if it asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-key -d 'The key of that certificate (PEM), if it is in a file of its own' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-url -d 'Connect to this forge' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-token -d 'Store this token in the configuration: prefer the next two' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-token-file -d 'Authenticate with forge by the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-token-command -d 'Authenticate with forge by what this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-admin-token -d 'Store this admin token in the configuration: prefer the next two' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-admin-token-file -d 'Administer forge by the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-admin-token-command -d 'Administer forge by what this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-header -d 'Send forge this header with every request; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-ca -d 'Trust the certificates in this PEM file with forge' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-cert -d 'Show forge this certificate (PEM) if it asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-key -d 'The key of that certificate (PEM), if it is in a file of its own' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-url -d 'Connect to this Vuer server' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-max-size -d 'Take messages of up to this size from the Vuer server' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-header -d 'Send the Vuer server this header with the upgrade; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-ca -d 'Trust the certificates in this PEM file with the Vuer server' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-cert -d 'Show the Vuer server this certificate (PEM) if it asks for one' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-key -d 'The key of that certificate (PEM), if it is in a file of its own' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l replace -d 'Replace the profile if it exists'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l read-only -d 'Refuse every command that changes something'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l confirm -d 'Ask before something is changed'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l clasp-insecure -d 'Accept any certificate of the router'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l forge-insecure -d 'Accept any certificate of forge\'s'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -l vuer-insecure -d 'Accept any certificate of the Vuer server'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -l none -d 'Use no profile from now on'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -l origin -d 'Show where each value comes from'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a profile: asked on a terminal, or given by options'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "use" -d 'Use a profile from now on'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the profiles'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the value of every setting, and where it comes from'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a profile'
complete -c trefoil -n "__fish_trefoil_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand doctor" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l profile -d 'Take the settings of this profile; none for no profile [env: TREFOIL_PROFILE]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s o -l output -d 'Print as auto, table, json, ndjson or text; auto is words and tables on a terminal and JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l color -d 'Colour auto, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l errors -d 'Print errors as text or json' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l trace -d 'Write what is sent and received to this file, as one JSON object a line' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s v -l verbose -d 'Show on stderr what is sent and received; -vv shows all of it. Secrets are hidden; -q does not silence it'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s y -l yes -d 'Answer every question with yes'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s h -l help -d 'Print help: -h the most used options, --help all of them'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "clasp" -d 'Talk to a CLASP router: shared state and signals'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "forge" -d 'Talk to a forge service: prompts, sessions, files, tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "vuer" -d 'Talk to a Vuer server: events of a 3D scene'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "profile" -d 'Keep settings under a name: URLs, tokens, guards'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "doctor" -d 'Probe every service, and show what is configured'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "man" -d 'Print the manual page of a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp forge vuer profile doctor completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "history" -d 'Print what a router has recorded, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "watch" -d 'Show what matches in a live table: value, age, rate and history'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "stream" -d 'Send samples of a stream'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "gesture" -d 'Send a gesture: one phase, or all of it from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "timeline" -d 'Play keyframes: write values that change over time'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "bundle" -d 'Send several operations as one, now or at a time'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "record" -d 'Keep what matches in a file, with the time it came, to be replayed'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "replay" -d 'Play a recording, in its time'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "wait" -d 'Wait until an address holds what is wanted, and print it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "on" -d 'Run a command for each message'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "lock" -d 'Hold locks while a command runs'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "query" -d 'List the params that exist and the signals that were announced'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "dump" -d 'Print state as one JSON object, for diff and apply'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "diff" -d 'Compare a file with what the router holds; exit with 6 if they differ'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "apply" -d 'Write what differs from a file, as one bundle, and read it again'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "time" -d 'Print the router\'s time, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "bridge" -d 'Bridge other protocols (OSC, MQTT, sACN, Art-Net) and a router'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "cluster" -d 'Show the routers of a cluster'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "run" -d 'Run a prompt and print the answer; costs money and is never repeated'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "batch" -d 'Run a file of prompts with a journal, so that nothing is paid for twice'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "cancel" -d 'Stop a run or a turn that is under way'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "upload" -d 'Upload files and print their tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "session" -d 'Work in sessions, which remember earlier turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "token" -d 'Create, list and revoke app tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "ledger" -d 'Show the recorded runs and turns'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "health" -d 'Ask the service for its health; exit with 5 if it is not healthy'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "usage" -d 'Show what runs and turns have cost, day by day'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "serve" -d 'Run a service: claude for a team, with tokens, a queue and budgets'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from forge" -f -a "guard" -d 'Run an agent for a service'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "send" -d 'Send an event, or one a line from stdin'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "recv" -d 'Print what the server sends, one event a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "call" -d 'Send a request and print the answer to it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "scene" -d 'Print the scene graph as it stands: a tree, or JSON in a pipe'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "serve" -d 'Show a scene in browsers: operations from stdin, events to stdout'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "grab" -d 'Take a picture of a scene'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "load" -d 'Show a robot, a mesh or a point cloud in browsers'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from vuer" -f -a "page" -d 'Install the web page of the Python package, or say which is used'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "add" -d 'Add a profile: asked on a terminal, or given by options'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "use" -d 'Use a profile from now on'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "list" -d 'List the profiles'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "show" -d 'Show the value of every setting, and where it comes from'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "remove" -d 'Remove a profile'
