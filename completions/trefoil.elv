
use builtin;
use str;

set edit:completion:arg-completer[trefoil] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'trefoil'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'trefoil'= {
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand clasp 'Talk to a CLASP router: shared state and signals'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the manual page of a command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;clasp'= {
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand set 'Write a value and wait until the router has it'
            cand get 'Print values; exit with 6 if there are none'
            cand subscribe 'Print what matches as it happens, one record a line'
            cand sub 'Print what matches as it happens, one record a line'
            cand emit 'Send an event, and wait until the router has handled it'
            cand publish 'Send records as subscribe prints them, one a line'
            cand pub 'Send records as subscribe prints them, one a line'
            cand ping 'Measure the round trip to the router and the offset of its clock'
            cand serve 'Serve a CLASP router, alone or around a command'
            cand token 'Manage the tokens of a router served with --tokens'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;clasp;set'= {
            cand --ttl 'Let the value live so long after its last use: whole seconds, or never'
            cand --if-revision 'Write only if this is the address''s revision now'
            cand --on-error 'In bulk: what to do about a line that is bad or refused [default: stop]'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand --reconnect-interval 'Wait this long before reconnecting; later waits grow, up to 30s'
            cand --max-reconnects 'Give up after so many attempts to reconnect in a row'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --string 'Take the value as a string, even if it looks like JSON'
            cand --json 'Take the value as JSON, and refuse what is not'
            cand --ttl-absolute 'Count the time to live from the write, whoever uses it meanwhile'
            cand --verify 'In bulk: read every address again and compare, however many there are'
            cand --single 'In bulk: send every line alone, so that each is acknowledged by itself'
            cand --insecure 'Accept any certificate'
            cand --no-reconnect 'Exit with 1 when the connection is lost'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;get'= {
            cand --default 'Print this for an address that has no value'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --meta 'Print the whole record: address, value, revision, writer, timestamp'
            cand --insecure 'Accept any certificate'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;subscribe'= {
            cand --type 'Only signals of these types: param, event, stream, gesture, timeline'
            cand --max-rate 'At most so many messages a second for each address; the last of a burst always comes (params and streams)'
            cand --epsilon 'Only numbers that changed by as much as this (params and streams)'
            cand --count 'Exit after so many records'
            cand --for 'Exit after so long'
            cand --idle 'Exit when nothing came for so long'
            cand --format 'Print by this template, such as ''{address} {value}''; \t is a tab'
            cand --ready-fd 'Write a line to this file descriptor when the subscription is live'
            cand --probe-interval 'Ask the router for a sign of life after so long a silence'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand --reconnect-interval 'Wait this long before reconnecting; later waits grow, up to 30s'
            cand --max-reconnects 'Give up after so many attempts to reconnect in a row'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --new 'Leave out the values that are there already'
            cand --retained-only 'Print the values that are there already, and exit'
            cand --stamp 'Add when a record arrived here: received, in µs since the epoch'
            cand --lifecycle 'Print records of type connected, disconnected and error, too'
            cand --insecure 'Accept any certificate'
            cand --no-reconnect 'Exit with 1 when the connection is lost'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;sub'= {
            cand --type 'Only signals of these types: param, event, stream, gesture, timeline'
            cand --max-rate 'At most so many messages a second for each address; the last of a burst always comes (params and streams)'
            cand --epsilon 'Only numbers that changed by as much as this (params and streams)'
            cand --count 'Exit after so many records'
            cand --for 'Exit after so long'
            cand --idle 'Exit when nothing came for so long'
            cand --format 'Print by this template, such as ''{address} {value}''; \t is a tab'
            cand --ready-fd 'Write a line to this file descriptor when the subscription is live'
            cand --probe-interval 'Ask the router for a sign of life after so long a silence'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand --reconnect-interval 'Wait this long before reconnecting; later waits grow, up to 30s'
            cand --max-reconnects 'Give up after so many attempts to reconnect in a row'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --new 'Leave out the values that are there already'
            cand --retained-only 'Print the values that are there already, and exit'
            cand --stamp 'Add when a record arrived here: received, in µs since the epoch'
            cand --lifecycle 'Print records of type connected, disconnected and error, too'
            cand --insecure 'Accept any certificate'
            cand --no-reconnect 'Exit with 1 when the connection is lost'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;emit'= {
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --string 'Take the value as a string, even if it looks like JSON'
            cand --json 'Take the value as JSON, and refuse what is not'
            cand --insecure 'Accept any certificate'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;publish'= {
            cand --on-error 'In bulk: what to do about a line that is bad or refused [default: stop]'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand --reconnect-interval 'Wait this long before reconnecting; later waits grow, up to 30s'
            cand --max-reconnects 'Give up after so many attempts to reconnect in a row'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --verify 'In bulk: read every address again and compare, however many there are'
            cand --single 'In bulk: send every line alone, so that each is acknowledged by itself'
            cand --insecure 'Accept any certificate'
            cand --no-reconnect 'Exit with 1 when the connection is lost'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;pub'= {
            cand --on-error 'In bulk: what to do about a line that is bad or refused [default: stop]'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand --reconnect-interval 'Wait this long before reconnecting; later waits grow, up to 30s'
            cand --max-reconnects 'Give up after so many attempts to reconnect in a row'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --verify 'In bulk: read every address again and compare, however many there are'
            cand --single 'In bulk: send every line alone, so that each is acknowledged by itself'
            cand --insecure 'Accept any certificate'
            cand --no-reconnect 'Exit with 1 when the connection is lost'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;ping'= {
            cand -c 'Measure so many times'
            cand --count 'Measure so many times'
            cand --interval 'Wait so long in between'
            cand --url 'Connect to this router [env: CLASP_URL] [default: ws://localhost:7330]'
            cand --token 'Authenticate with this token; other users of this machine can see it in the process list, and the shell keeps it in its history: prefer a file'
            cand --token-file 'Authenticate with the token on the first line of this file'
            cand --token-command 'Authenticate with the token that this shell command prints first'
            cand --name 'Introduce yourself to the router by this name'
            cand --features 'Announce these features: param, event, stream, gesture, timeline [default: all but param, which asks for a copy of all state]'
            cand --ca 'Trust the certificates in this PEM file, beside the system''s'
            cand --timeout 'Give up after this long [default: 5s for one question, else never]'
            cand --connect-timeout 'Give up connecting (TCP, TLS, WebSocket and HELLO) after this long'
            cand --connect-retry 'Keep trying this long to reach a router that is still starting'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand --insecure 'Accept any certificate'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;serve'= {
            cand --bind 'Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]'
            cand --name 'Introduce the router by this name'
            cand --tokens 'Let in only who has a token of this file, as trefoil clasp token makes it; it is read again when it changes'
            cand --tls-cert 'Speak TLS with this certificate chain (PEM)'
            cand --tls-key 'The certificate''s private key (PEM)'
            cand --rate-limit 'Refuse more messages a second of one connection [default: no limit]'
            cand --max-sessions 'Have at most so many connections at a time'
            cand --ttl 'Let values live so long after their last use, unless their writer says otherwise: whole seconds, or never'
            cand --allow-origin 'Let pages of this origin connect, beside the router''s own; * lets all in; may be repeated'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token'= {
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Make a token and print it, once'
            cand list 'List the tokens'
            cand show 'Show one token''s scopes and times'
            cand revoke 'Remove a token; its sessions end'
            cand prune 'Remove the tokens that have expired'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;clasp;token;create'= {
            cand --scope 'Allow this: read, write or admin, a colon, and a pattern; may be repeated. write includes read, admin both'
            cand --expires 'Let the token expire after this long [default: never]'
            cand --subject 'Say whose it is'
            cand --tokens 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token;list'= {
            cand --tokens 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token;show'= {
            cand --tokens 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token;revoke'= {
            cand --tokens 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token;prune'= {
            cand --tokens 'Keep the tokens here [default: clasp-tokens.json in trefoil''s configuration directory]'
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;clasp;token;help'= {
            cand create 'Make a token and print it, once'
            cand list 'List the tokens'
            cand show 'Show one token''s scopes and times'
            cand revoke 'Remove a token; its sessions end'
            cand prune 'Remove the tokens that have expired'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;clasp;token;help;create'= {
        }
        &'trefoil;clasp;token;help;list'= {
        }
        &'trefoil;clasp;token;help;show'= {
        }
        &'trefoil;clasp;token;help;revoke'= {
        }
        &'trefoil;clasp;token;help;prune'= {
        }
        &'trefoil;clasp;token;help;help'= {
        }
        &'trefoil;clasp;help'= {
            cand set 'Write a value and wait until the router has it'
            cand get 'Print values; exit with 6 if there are none'
            cand subscribe 'Print what matches as it happens, one record a line'
            cand emit 'Send an event, and wait until the router has handled it'
            cand publish 'Send records as subscribe prints them, one a line'
            cand ping 'Measure the round trip to the router and the offset of its clock'
            cand serve 'Serve a CLASP router, alone or around a command'
            cand token 'Manage the tokens of a router served with --tokens'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;clasp;help;set'= {
        }
        &'trefoil;clasp;help;get'= {
        }
        &'trefoil;clasp;help;subscribe'= {
        }
        &'trefoil;clasp;help;emit'= {
        }
        &'trefoil;clasp;help;publish'= {
        }
        &'trefoil;clasp;help;ping'= {
        }
        &'trefoil;clasp;help;serve'= {
        }
        &'trefoil;clasp;help;token'= {
            cand create 'Make a token and print it, once'
            cand list 'List the tokens'
            cand show 'Show one token''s scopes and times'
            cand revoke 'Remove a token; its sessions end'
            cand prune 'Remove the tokens that have expired'
        }
        &'trefoil;clasp;help;token;create'= {
        }
        &'trefoil;clasp;help;token;list'= {
        }
        &'trefoil;clasp;help;token;show'= {
        }
        &'trefoil;clasp;help;token;revoke'= {
        }
        &'trefoil;clasp;help;token;prune'= {
        }
        &'trefoil;clasp;help;help'= {
        }
        &'trefoil;completions'= {
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;man'= {
            cand -o 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --output 'Choose the form of the output; auto: words on a terminal, JSON in a pipe'
            cand --jq 'Pass every JSON document through this jq filter'
            cand --color 'Choose when to colour'
            cand --errors 'Choose the form of errors'
            cand -r 'Print strings without their quotes'
            cand --raw 'Print strings without their quotes'
            cand -e 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand --exit-status 'Exit with 6 when the last output of --jq is false or null, or there is none'
            cand -q 'Silence progress and notes, but not warnings and errors'
            cand --quiet 'Silence progress and notes, but not warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'trefoil;help'= {
            cand clasp 'Talk to a CLASP router: shared state and signals'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the manual page of a command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'trefoil;help;clasp'= {
            cand set 'Write a value and wait until the router has it'
            cand get 'Print values; exit with 6 if there are none'
            cand subscribe 'Print what matches as it happens, one record a line'
            cand emit 'Send an event, and wait until the router has handled it'
            cand publish 'Send records as subscribe prints them, one a line'
            cand ping 'Measure the round trip to the router and the offset of its clock'
            cand serve 'Serve a CLASP router, alone or around a command'
            cand token 'Manage the tokens of a router served with --tokens'
        }
        &'trefoil;help;clasp;set'= {
        }
        &'trefoil;help;clasp;get'= {
        }
        &'trefoil;help;clasp;subscribe'= {
        }
        &'trefoil;help;clasp;emit'= {
        }
        &'trefoil;help;clasp;publish'= {
        }
        &'trefoil;help;clasp;ping'= {
        }
        &'trefoil;help;clasp;serve'= {
        }
        &'trefoil;help;clasp;token'= {
            cand create 'Make a token and print it, once'
            cand list 'List the tokens'
            cand show 'Show one token''s scopes and times'
            cand revoke 'Remove a token; its sessions end'
            cand prune 'Remove the tokens that have expired'
        }
        &'trefoil;help;clasp;token;create'= {
        }
        &'trefoil;help;clasp;token;list'= {
        }
        &'trefoil;help;clasp;token;show'= {
        }
        &'trefoil;help;clasp;token;revoke'= {
        }
        &'trefoil;help;clasp;token;prune'= {
        }
        &'trefoil;help;completions'= {
        }
        &'trefoil;help;man'= {
        }
        &'trefoil;help;help'= {
        }
    ]
    $completions[$command]
}
