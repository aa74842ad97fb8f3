//! A network that fails without FIN or RST is detected: a proxy between trefoil and the server
//! stops forwarding and keeps its connections open.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rmpv::Value as Pack;

use crate::support::trefoil::vuer;
use crate::support::vuer::event;
use crate::support::{Fake, VuerServer, eventually};

/// A cable that can be pulled.
struct Cable {
    port: u16,
    pulled: Arc<AtomicBool>,
}

impl Cable {
    /// Between a free port and the server of this URL.
    fn to(url: &str) -> Cable {
        let server = url.trim_start_matches("ws://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let pulled = Arc::<AtomicBool>::default();
        let gone = Arc::clone(&pulled);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if gone.load(Ordering::SeqCst) {
                    // Kept and never answered, as by a firewall that drops packets.
                    std::mem::forget(client);
                    continue;
                }
                let server = TcpStream::connect(&server).expect("the server is there");
                let reader = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                for (from, to) in [
                    (reader(&client), reader(&server)),
                    (reader(&server), reader(&client)),
                ] {
                    let gone = Arc::clone(&gone);
                    std::thread::spawn(move || forward(from, to, &gone));
                }
                std::mem::forget((client, server));
            }
        });
        Cable { port, pulled }
    }

    fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    fn pull(&self) {
        self.pulled.store(true, Ordering::SeqCst);
    }

    fn plug(&self) {
        self.pulled.store(false, Ordering::SeqCst);
    }
}

/// Carries bytes until the cable is pulled; then nothing ever again, and no FIN.
fn forward(mut from: TcpStream, mut to: TcpStream, gone: &AtomicBool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if gone.load(Ordering::SeqCst) || to.write_all(&buffer[..count]).is_err() {
            std::mem::forget((from, to));
            return;
        }
    }
}

/// A server that sends one event to each client and then nothing, but reads.
fn quiet() -> Fake {
    Fake::websocket(|_, peer| {
        if peer.receive_frame().is_some() {
            peer.send_frame(&event("HELLO", Pack::Nil));
            while peer.receive_frame().is_some() {}
        }
    })
}

#[test]
fn recv_notices_that_the_network_is_gone() {
    let server = quiet();
    let cable = Cable::to(&server.url());
    let mut recv = vuer(&cable.url(), &["recv", "--keepalive", "300ms"]).start();
    recv.record();
    cable.pull();
    let ended = recv.finish().exits(1).within(Duration::from_secs(10));
    ended.says(&["lost the connection", "Ping"]);
}

#[test]
fn recv_reconnects_when_the_network_was_gone() {
    let server = quiet();
    let cable = Cable::to(&server.url());
    let args = [
        "recv",
        "--reconnect",
        "--keepalive",
        "300ms",
        "--connect-timeout",
        "500ms",
    ];
    let mut recv = vuer(&cable.url(), &args).start();
    recv.record();
    cable.pull();
    recv.wait_says("reconnecting");
    cable.plug();
    recv.record();
    recv.wait_says("reconnected after");
    recv.interrupt();
    recv.finish().exits(130);
}

#[test]
fn scene_follow_and_send_notice_it_too() {
    let server = Fake::websocket(|_, peer| {
        if peer.receive_frame().is_some() {
            let scene = Pack::Map(vec![("tag".into(), "Scene".into())]);
            peer.send_frame(&event("SET", scene));
            while peer.receive_frame().is_some() {}
        }
    });
    let cable = Cable::to(&server.url());
    let mut scene = vuer(&cable.url(), &["scene", "--follow", "--keepalive", "300ms"]).start();
    scene.record();
    let send = vuer(&cable.url(), &["send", "-", "--keepalive", "300ms"]).start();
    eventually("both connections", || {
        (server.connections() == 2).then_some(())
    });
    cable.pull();
    scene.finish().exits(1).says(&["Ping"]);
    drop(send);
}

#[test]
fn a_quiet_server_is_no_silence() {
    let server = quiet();
    let args = ["recv", "--keepalive", "1s", "--for", "3500ms"];
    server.vuer(&args).run().done();
    let Some(server) = VuerServer::start_or_skip("a quiet server") else {
        return;
    };
    server.vuer(&args).run().done();
}
