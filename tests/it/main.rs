//! The integration tests: the binary as it is built, against the peers that people run.
//!
//! All tests are in one binary, so that the peers are built once and every failure prints in the
//! same way. A module tests one verb or one promise:

mod support; // how a test runs trefoil, a router, a fake server, the Python SDK

mod peers; // the ground: what the tests presume of the reference router and the SDK is so

mod complete; // what a shell is offered for Tab, and that it never waits
mod complete_shells; // … in bash, zsh and fish on a terminal: a name is one word, whatever is in it
mod connection; // no connection, a slow one, a wrong one, TLS: said in time and in words
mod doctor; // what is configured, whether it answers, and the exit code of the worst
mod examples; // the examples of every help text, run as they stand
mod exit_codes; // the table that scripts rely on
mod input; // a byte order mark is skipped, and every limit is named
mod jq; // what jq users type in --jq
mod net_names; // names that the system knows, from a statically linked binary too
mod outcome; // what was done stays done, whatever becomes of its output or of a deadline
mod outcome_unknown; // a request whose reply never came: whether it has left decides
mod output; // forms, filters, colour, errors as JSON, the terminal
mod tokens; // where a token comes from, how a refusal looks, that it is never shown
mod values; // what is typed, what the wire carries, what is printed again
mod verbose; // -v and --trace: what was sent and received, and nothing secret

mod net_connect; // several addresses, a resolver that hangs, what HTTP answers instead
mod net_proxy; // the same proxies for all services, and who is blamed
mod net_signals; // a signal ends every verb, also under a flood and as process 1
mod net_silence; // a network that is gone without a word is noticed
mod net_tls; // which certificates count, and what to type about the others

mod credentials; // what belongs to one server goes to no other
mod credentials_child; // … nor to a command that is run around it
mod credentials_shown; // … and is shown to nobody
mod profile; // which setting counts; the file they are kept in
mod profile_guards; // what a profile forbids, and what it asks

mod bridge_artnet; // Art-Net and a router: stupidArtnet, python-artnet, and packets by hand
mod bridge_config; // bridges of a file, and within `clasp serve`
mod bridge_mqtt; // an MQTT broker and a router: mosquitto and paho
mod bridge_osc; // OSC and a router: liblo, python-osc, and packets of the test's own making
mod bridge_osc_life; // how such a bridge runs, what it says, and how it ends
mod bridge_sacn; // sACN and a router: the Python package sacn, and packets by hand
mod bulk; // `set -`: every line arrives or is named
mod bulk_trouble; // … against routers that refuse, drop, lie or die
mod bundle; // several as one, on time, and found out when dropped
mod cluster; // several routers over one engine: one address space, in one order
mod cluster_check;
mod cluster_events; // … and the history of every address is that of one register
mod cluster_faults; // … when something dies: nothing acknowledged is lost
mod cluster_login; // … with TLS, and a login, to the engine
mod cluster_time; // … what is to be done later is done once
mod cluster_tokens; // … a token that is revoked ends what it began
mod documented; // the SDK's documentation, from a shell
mod emit; // an event, processed, once
mod get; // the value, or the truth that there is none
mod lock; // held while a command runs, and given back however that ends
mod on; // a command for each message: in order, at once, the latest, when it is quiet
mod ping; // how far away the router is, and who it is
mod publish; // `publish -`: any record, in order; mirroring
mod query; // what there is, and what time it is there
mod record; // all that came is in the file, whatever ended it
mod replay; // each record at its time, and the truth about it
mod set; // exit 0 means that the router has it
mod several; // several routers: the first that answers, and another when it dies
mod signals; // a stream's samples, a gesture's phases
mod state_files; // dump, diff and apply: there and back, and nothing that only looks whole
mod subscribe; // which records come, and what stands in them
mod subscribe_life; // a subscription that survives a restart and a stalled reader, and how it ends
mod subscribe_quiet; // … and hours of silence
mod timeline; // played to the exact end, sent once, drawn
mod wait; // until the value is what was wanted
mod watch; // the table on a terminal, and that the terminal is given back whatever happens

mod router_budget; // no client waits for another's request, and memory stays bounded
mod router_disk; // a disk that is full or fails: nothing is acknowledged that is not there
mod router_history; // what has happened, for who asks later
mod router_hostile; // limits, floods, slow readers, bytes that are none
mod router_life; // a session's rights, silence and end, and what ends with it
mod router_metrics; // what is told to those who watch over a router
mod router_peers; // what other peers presume: health checks, snapshots unasked, wildcards announced
mod router_rules; // what each message is answered, as the documentation says
mod router_store; // what survives a kill at any point, and a folder that cannot be used
mod router_time; // timed bundles, timelines, gestures, time to live
mod serve; // the command: around another, until a signal, with tokens, TLS and origins
mod serve_notify; // what systemd is told, and the unit that is shipped
mod serve_suite; // the tests of the verbs, a second time against our own router

mod wire_hostile; // damaged frames: no panic, no memory beyond a multiple of the input
mod wire_json; // JSON and values, both ways
mod wire_reference; // ours against the reference codec, both ways
mod wire_vectors; // the reference frames in tests/data, byte for byte

mod forge_acp; // sessions of other agents, over one that speaks ACP by a script
mod forge_batch; // many prompts, in order, as many at once as wanted
mod forge_batch_journal; // … each paid for once, however often it is killed
mod forge_cancel; // an answer is stopped, and what it cost is told
mod forge_chat; // a conversation on a terminal, and how its session ends
mod forge_files; // shown to a run, uploaded first and once
mod forge_ledger; // what was paid for is on record
mod forge_outcome; // decided by the service's own word, and by nothing that happens here afterwards
mod forge_policy; // what a token may do, as its user meets it: time, models, hints
mod forge_run; // what is sent, printed and checked
mod forge_serve; // the service: the contract, costs, streams, over a scripted claude
mod forge_serve_files; // … uploads
mod forge_serve_money; // … a run is paid once, its answer kept, and nothing it started is left
mod forge_serve_newcomer; // … with programs that are no claude, and what is said then
mod forge_serve_real; // … over the real claude and a stand-in for its API
mod forge_serve_refused; // … what it refuses, and whom
mod forge_serve_session; // … its sessions
mod forge_serve_suite; // … and our client does the same against it and against the test server
mod forge_session; // sessions: opened, spoken in once a turn, closed on every way out
mod forge_settle; // what became of a run whose reply was lost; policies; usage
mod forge_several; // several instances, one PostgreSQL: one killed, one budget, one key, an outage
mod forge_stream; // text as it comes, and the last event as the verdict
mod forge_token; // who may use the service; a plaintext is shown once, at one place
mod forge_trouble; // whatever happens, a prompt is sent at most once, and said to be
mod forge_upload; // what is sent of a file, printed and refused
mod forge_upload_midway; // files whole or not at all, in constant memory

mod vuer_faults; // servers that are none, that lie, that go: said in words, and how much was read
mod vuer_grab; // the files of a picture, and no browser left behind
mod vuer_load; // files that no page can show are told of
mod vuer_output; // output that cannot be written, is not read; clients without the scene
mod vuer_page; // pages in a real browser, and their pictures
mod vuer_recv; // what comes, as it comes; files; reconnecting
mod vuer_scene; // the scene as a browser would show it
mod vuer_send; // exit 0 means that the server has read it
mod vuer_serve; // the server: what clients are sent, what is printed, who is let in
mod vuer_vectors; // what the Python package packs, byte for byte, both ways

mod generated; // completions and man pages are as committed
mod help; // invariants over the help of every command
mod layers; // the design's table of rooms
