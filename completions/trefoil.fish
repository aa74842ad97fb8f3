# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_trefoil_global_optspecs
    string join \n o/output= r/raw jq= e/exit-status q/quiet color= errors= h/help V/version
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

complete -c trefoil -n "__fish_trefoil_needs_command" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_needs_command" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_needs_command" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_needs_command" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_needs_command" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_needs_command" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_needs_command" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_needs_command" -s V -l version -d 'Print version'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "clasp" -d 'Talk to a CLASP router: shared state and signals'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "man" -d 'Print the manual page of a command'
complete -c trefoil -n "__fish_trefoil_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "sub" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "pub" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and not __fish_seen_subcommand_from set get subscribe sub emit publish pub ping serve token help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ttl -d 'Let the value live so long after its last use: whole seconds, or never' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l if-revision -d 'Write only if this is the address\'s revision now' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l on-error -d 'In bulk: what to do about a line that is bad or refused [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l max-reconnects -d 'Give up after so many attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l ttl-absolute -d 'Count the time to live from the write, whoever uses it meanwhile'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l default -d 'Print this for an address that has no value' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l meta -d 'Print the whole record: address, value, revision, writer, timestamp'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l max-rate -d 'At most so many messages a second for each address; the last of a burst always comes (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l count -d 'Exit after so many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l for -d 'Exit after so long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l idle -d 'Exit when nothing came for so long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l format -d 'Print by this template, such as \'{address} {value}\'; \\t is a tab' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l probe-interval -d 'Ask the router for a sign of life after so long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l max-reconnects -d 'Give up after so many attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l new -d 'Leave out the values that are there already'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l retained-only -d 'Print the values that are there already, and exit'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l stamp -d 'Add when a record arrived here: received, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l lifecycle -d 'Print records of type connected, disconnected and error, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from subscribe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l type -d 'Only signals of these types: param, event, stream, gesture, timeline' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l max-rate -d 'At most so many messages a second for each address; the last of a burst always comes (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l epsilon -d 'Only numbers that changed by as much as this (params and streams)' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l count -d 'Exit after so many records' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l for -d 'Exit after so long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l idle -d 'Exit when nothing came for so long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l format -d 'Print by this template, such as \'{address} {value}\'; \\t is a tab' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l ready-fd -d 'Write a line to this file descriptor when the subscription is live' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l probe-interval -d 'Ask the router for a sign of life after so long a silence' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l max-reconnects -d 'Give up after so many attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l new -d 'Leave out the values that are there already'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l retained-only -d 'Print the values that are there already, and exit'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l stamp -d 'Add when a record arrived here: received, in µs since the epoch'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l lifecycle -d 'Print records of type connected, disconnected and error, too'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from sub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l string -d 'Take the value as a string, even if it looks like JSON'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l json -d 'Take the value as JSON, and refuse what is not'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from emit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l on-error -d 'In bulk: what to do about a line that is bad or refused [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l max-reconnects -d 'Give up after so many attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from publish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l on-error -d 'In bulk: what to do about a line that is bad or refused [default: stop]' -r -f -a "stop\t'Send nothing after it'
skip\t'Go on without it'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l reconnect-interval -d 'Wait this long before reconnecting; later waits grow, up to 30s' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l max-reconnects -d 'Give up after so many attempts to reconnect in a row' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l verify -d 'In bulk: read every address again and compare, however many there are'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l single -d 'In bulk: send every line alone, so that each is acknowledged by itself'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -l no-reconnect -d 'Exit with 1 when the connection is lost'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from pub" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s c -l count -d 'Measure so many times' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l interval -d 'Wait so long in between' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l url -d 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token -d 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token-file -d 'Authenticate with the token on the first line of this file' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l token-command -d 'Authenticate with the token that this shell command prints first' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l name -d 'Introduce yourself to the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l features -d 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l ca -d 'Trust the certificates in this PEM file, beside the system\'s' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l timeout -d 'Give up after this long [default: 5s for one question, else never]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l connect-timeout -d 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l connect-retry -d 'Keep trying this long to reach a router that is still starting' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -l insecure -d 'Accept any certificate'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l bind -d 'Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l name -d 'Introduce the router by this name' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tokens -d 'Let in only who has a token of this file, as trefoil clasp token makes it; it is read again when it changes' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tls-cert -d 'Speak TLS with this certificate chain (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l tls-key -d 'The certificate\'s private key (PEM)' -r -F
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l rate-limit -d 'Refuse more messages a second of one connection [default: no limit]' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l max-sessions -d 'Have at most so many connections at a time' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l ttl -d 'Let values live so long after their last use, unless their writer says otherwise: whole seconds, or never' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l allow-origin -d 'Let pages of this origin connect, beside the router\'s own; * lets all in; may be repeated' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "create" -d 'Make a token and print it, once'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "show" -d 'Show one token\'s scopes and times'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "revoke" -d 'Remove a token; its sessions end'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "prune" -d 'Remove the tokens that have expired'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from token" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
complete -c trefoil -n "__fish_trefoil_using_subcommand clasp; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s o -l output -d 'Choose the form of the output; auto: words on a terminal, JSON in a pipe' -r -f -a "auto\t'Words and tables on a terminal, JSON in a pipe'
table\t'Tables with a header'
json\t'Compact JSON, one document a line'
ndjson\t'JSON, and lists as one line an item'
text\t'Words, and lists as tab-separated lines'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l jq -d 'Pass every JSON document through this jq filter' -r
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l color -d 'Choose when to colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'In a pipe as well'
never\t'Nowhere'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -l errors -d 'Choose the form of errors' -r -f -a "text\t'A line for people, and what to type next'
json\t'One JSON object'"
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s r -l raw -d 'Print strings without their quotes'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s e -l exit-status -d 'Exit with 6 when the last output of --jq is false or null, or there is none'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s q -l quiet -d 'Silence progress and notes, but not warnings and errors'
complete -c trefoil -n "__fish_trefoil_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp completions man help" -f -a "clasp" -d 'Talk to a CLASP router: shared state and signals'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp completions man help" -f -a "man" -d 'Print the manual page of a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and not __fish_seen_subcommand_from clasp completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "set" -d 'Write a value and wait until the router has it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "get" -d 'Print values; exit with 6 if there are none'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "subscribe" -d 'Print what matches as it happens, one record a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "emit" -d 'Send an event, and wait until the router has handled it'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "publish" -d 'Send records as subscribe prints them, one a line'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "ping" -d 'Measure the round trip to the router and the offset of its clock'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "serve" -d 'Serve a CLASP router, alone or around a command'
complete -c trefoil -n "__fish_trefoil_using_subcommand help; and __fish_seen_subcommand_from clasp" -f -a "token" -d 'Manage the tokens of a router served with --tokens'
