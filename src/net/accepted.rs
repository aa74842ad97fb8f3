//! The accepting side of a plain byte stream: a TCP connection enters, and leaves with TLS around it
//! where that is wanted.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::tcp::Tcp;
use super::tls::Acceptor;

/// A connection, encrypted or not.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// Takes a connection, and completes the TLS handshake if there is to be one.
///
/// # Errors
/// When the client has gone, or does not speak TLS.
pub async fn accept(stream: TcpStream, tls: Option<&Acceptor>) -> io::Result<Box<dyn Stream>> {
    let tcp = Tcp::accepted(stream)?;
    Ok(match tls {
        None => Box::new(tcp),
        Some(acceptor) => Box::new(acceptor.accept(tcp).await?),
    })
}
