//! `POST /files`. Takes a form; stores its file, as a whole or not at all, and gives its token.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use serde_json::json;
use tokio::sync::mpsc;

use super::input::next_chunk;
use super::multipart::{Multipart, Part, Token};
use super::reply::{self, Reply};
use crate::forge::api::route::TTL_LIMITS;
use crate::forge::server::limits::DISK_RESERVE;
use crate::forge::server::refusal::Refusal;
use crate::forge::server::service::Service;
use crate::forge::server::state::{FileRow, TokenRow};
use crate::ids::{hex, random};
use crate::net::now_micros;

/// How long a file is kept without `ttl_secs`.
const TTL: Duration = Duration::from_secs(3600);

/// The longest text of a field beside the file, in bytes.
const FIELD_BYTES: usize = 64;

/// How many pieces may be on their way to the disk.
const AHEAD: usize = 8;

/// Takes a file.
///
/// # Errors
/// 400 or 422 for a form that is not sound, 413 for a file that is too long, 507 when the disk is
/// full.
pub async fn upload(
    service: &Rc<Service>,
    token: &TokenRow,
    head: &Parts,
    mut body: Incoming,
) -> Result<Reply, Refusal> {
    let kind = head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let mut form = Multipart::new(kind)
        .ok_or_else(|| Refusal::new(422, "the body must be multipart/form-data"))?;
    let announced = http_body::Body::size_hint(&body).exact().unwrap_or(0);
    let most = service.settings.most_upload;
    // The rest of a form is far shorter than this.
    if announced > most.saturating_add(1 << 20) {
        return Err(too_long(most));
    }
    room(service, announced)?;
    let id = format!("ff_{}", hex(&random::<16>()?));
    let mut ttl = TTL;
    let mut file: Option<(Part, Writer)> = None;
    let mut size = 0_u64;
    let mut field: Option<(Part, Vec<u8>)> = None;
    let mut ended = false;
    while !ended {
        let Some(bytes) = next_chunk(&mut body).await? else {
            return Err(Refusal::new(400, "the form has no end"));
        };
        form.feed(bytes);
        loop {
            let next = form.next().map_err(|why| Refusal::new(400, why))?;
            match next {
                None => break,
                Some(Token::Content(bytes)) => match (&mut field, &mut file) {
                    (Some((_, text)), _) if text.len() + bytes.len() <= FIELD_BYTES => {
                        text.extend_from_slice(&bytes);
                    }
                    (Some((part, _)), _) => {
                        return Err(Refusal::field(&part.name, "it is too long"));
                    }
                    (None, Some((_, writer))) => {
                        size += bytes.len() as u64;
                        if size > most {
                            return Err(too_long(most));
                        }
                        writer.write(bytes).await?;
                    }
                    (None, None) => {}
                },
                Some(token) => {
                    if let Some((part, text)) = field.take()
                        && part.name == "ttl_secs"
                    {
                        ttl = ttl_of(&text)?;
                    }
                    match token {
                        Token::Part(part) if part.name != "file" => {
                            field = Some((part, Vec::new()));
                        }
                        Token::Part(_) if file.is_some() => {
                            return Err(Refusal::field("file", "there is more than one"));
                        }
                        Token::Part(part) => {
                            file = Some((part, Writer::create(service.state.folder().file(&id))?));
                        }
                        _ => ended = true,
                    }
                }
            }
        }
    }
    let Some((part, writer)) = file else {
        return Err(Refusal::field("file", "it is missing"));
    };
    let path = writer.finish().await?;
    let lifetime = u64::try_from(ttl.as_micros()).unwrap_or(u64::MAX);
    let row = FileRow {
        id: id.clone(),
        token: token.name.clone(),
        name: file_name(&part),
        media_type: part
            .content_type
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        size,
        expires: now_micros().saturating_add(lifetime),
        instance: service.state.instance().map(str::to_owned),
    };
    service.state.put_file(&row).await?;
    path.keep();
    let body = json!({"file_token": id, "ttl_secs": ttl.as_secs(), "size": size});
    Ok(reply::json(200, &body))
}

fn too_long(most: u64) -> Refusal {
    Refusal::new(413, format!("the file is longer than {most} bytes"))
}

/// Whether so much fits on the disk, and leaves something to the others.
fn room(service: &Service, bytes: u64) -> Result<(), Refusal> {
    let Ok(disk) = rustix::fs::statvfs(&service.settings.folder) else {
        return Ok(());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if bytes.saturating_add(DISK_RESERVE) > free {
        Err(Refusal::new(507, "there is not enough room on the disk"))
    } else {
        Ok(())
    }
}

fn ttl_of(text: &[u8]) -> Result<Duration, Refusal> {
    let seconds = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let ttl = seconds.map(Duration::from_secs);
    ttl.filter(|ttl| TTL_LIMITS.contains(ttl)).ok_or_else(|| {
        let (least, most) = (TTL_LIMITS.start().as_secs(), TTL_LIMITS.end().as_secs());
        Refusal::new(
            400,
            format!("ttl_secs must be a whole number from {least} to {most}"),
        )
    })
}

/// The name of a file: the last part of the given path, without control characters.
fn file_name(part: &Part) -> String {
    let given = part.filename.as_deref().unwrap_or_default();
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(255).collect();
    if name.is_empty() {
        "file".to_owned()
    } else {
        name
    }
}

/// A file on its way to the disk, which is slower than memory and may not hold up the others.
#[derive(Debug)]
struct Writer {
    path: TemporaryFile,
    pieces: mpsc::Sender<Bytes>,
    done: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Writer {
    fn create(path: PathBuf) -> Result<Writer, Refusal> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| not_written(&error))?;
        let (pieces, incoming) = mpsc::channel(AHEAD);
        Ok(Writer {
            path: TemporaryFile(Some(path)),
            pieces,
            done: tokio::task::spawn_blocking(move || write_all(file, incoming)),
        })
    }

    async fn write(&mut self, piece: Bytes) -> Result<(), Refusal> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        // The writer has stopped, and returns why.
        match (&mut self.done).await {
            Ok(Err(error)) => Err(not_written(&error)),
            _ => Err(Refusal::new(500, "the file was not written")),
        }
    }

    /// Waits until all of it is on disk.
    async fn finish(self) -> Result<TemporaryFile, Refusal> {
        drop(self.pieces);
        match self.done.await {
            Ok(Ok(())) => Ok(self.path),
            Ok(Err(error)) => Err(not_written(&error)),
            Err(_) => Err(Refusal::new(500, "the file was not written")),
        }
    }
}

fn write_all(mut file: File, mut pieces: mpsc::Receiver<Bytes>) -> std::io::Result<()> {
    let mut waiting = Vec::with_capacity(AHEAD);
    while pieces.blocking_recv_many(&mut waiting, AHEAD) > 0 {
        for piece in waiting.drain(..) {
            file.write_all(&piece)?;
        }
    }
    Ok(())
}

fn not_written(error: &std::io::Error) -> Refusal {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            Refusal::new(507, "there is no room on the disk")
        }
        _ => Refusal::new(500, format!("the file was not written: {error}")),
    }
}

/// A file that is removed unless it is kept.
#[derive(Debug)]
struct TemporaryFile(Option<PathBuf>);

impl TemporaryFile {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = std::fs::remove_file(path);
        }
    }
}
