//! The port for monitoring. Takes HTTP requests, serves `/metrics` and `/healthz`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

use super::metrics::MEDIA_TYPE;
use super::session::Shared;
use crate::net::Listener;
use crate::net::http_server::{HttpConnection, Request, Response};

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How many requests are handled at a time; more wait to be accepted.
const REQUESTS: usize = 16;

/// How long to wait when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves requests for ever.
pub async fn serve(listener: Listener, hub: Shared) {
    let places = Arc::new(Semaphore::new(REQUESTS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let hub = hub.clone();
                spawn_local(async move {
                    let answered = async {
                        if let Ok(connection) = HttpConnection::read_request(stream, None).await {
                            let response = response(&connection.request, &hub);
                            connection.respond(&response).await;
                        }
                    };
                    // A slow client is disconnected.
                    let _ = timeout(TIMEOUT, answered).await;
                    drop(place);
                });
            }
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn response(request: &Request, hub: &Shared) -> Response {
    match (&*request.method, &*request.path) {
        ("GET" | "HEAD", "/metrics") => Response {
            status: 200,
            headers: vec![("Content-Type", MEDIA_TYPE.to_owned())],
            body: hub.borrow().metrics().into_bytes(),
        },
        ("GET" | "HEAD", "/healthz") => match hub.borrow().trouble() {
            None => Response::text(200, "ok"),
            Some(why) => Response::text(503, why),
        },
        ("GET" | "HEAD", _) => Response::text(404, "there are /metrics and /healthz here"),
        _ => Response::text(405, "only GET is answered").with("Allow", "GET, HEAD"),
    }
}
