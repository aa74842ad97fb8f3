//! Connections to the database, with or without TLS. Takes the work of a transaction; gives its result,
//! or says within seconds that the database is away.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row, Statement};

use super::address::Address;
use crate::forge::server::state::{Result, StateError};
use crate::net::tls::{Connector, TlsStream};

/// How many connections an instance has at most.
const CONNECTIONS: usize = 8;

/// How long a transaction may take, connecting included. What the database itself enforces is less
/// ([`LIMITS`]), so that only a database that does not answer comes to this.
const OPERATION_TIME: Duration = Duration::from_secs(3);

/// A transaction that hangs in the database must not outlive its place here.
const LIMITS: &str = "SET statement_timeout = '2500ms'; SET lock_timeout = '2s'; \
                      SET idle_in_transaction_session_timeout = '6s'; SET TIME ZONE 'UTC'";

/// How long a transaction may take that changes tables.
const LONG_TIME: Duration = Duration::from_secs(20);

/// What the database then enforces.
const LONG_LIMITS: &str =
    "BEGIN; SET LOCAL statement_timeout = '18s'; SET LOCAL lock_timeout = '15s'";

/// How long nobody tries to connect after an attempt that failed, or after a database that did not
/// answer: so whoever has waited for it in vain does not wait again to undo what it has begun.
const PAUSE: Duration = Duration::from_millis(500);

/// The values of a statement.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection and the statements that it has prepared.
pub struct Connection {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Connection {
    async fn statement(&mut self, sql: &'static str) -> Result<Statement> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    /// The rows of a query.
    pub async fn rows(&mut self, sql: &'static str, values: Values<'_>) -> Result<Vec<Row>> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, values).await?)
    }

    /// The first row of a query.
    pub async fn row(&mut self, sql: &'static str, values: Values<'_>) -> Result<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Executes a statement: how many rows it has touched.
    pub async fn execute(&mut self, sql: &'static str, values: Values<'_>) -> Result<u64> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, values).await?)
    }

    /// Executes several statements that have no values.
    pub async fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }
}

/// The connections of an instance.
pub struct Pool {
    config: Config,
    tls: Option<Tls>,
    /// The address without the password.
    shown: String,
    idle: RefCell<Vec<Connection>>,
    places: Semaphore,
    /// When and why the last attempt to connect has failed.
    failed: RefCell<Option<(Instant, String)>>,
    /// How often the database was found to be away.
    failures: Cell<u64>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.shown).finish()
    }
}

impl Pool {
    /// No connection yet.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn new(address: &Address, instance: &str) -> Result<Pool> {
        let mut config = address.config.clone();
        config.application_name(format!("trefoil forge {instance}"));
        let tls = match &address.trust {
            None => None,
            Some(trust) => {
                let connector = Connector::new(trust, "postgresql");
                let connector =
                    connector.map_err(|error| StateError::Address(error.to_string()))?;
                Some(Tls(connector))
            }
        };
        Ok(Pool {
            config,
            tls,
            shown: address.shown.clone(),
            idle: RefCell::default(),
            places: Semaphore::new(CONNECTIONS),
            failed: RefCell::default(),
            failures: Cell::new(0),
        })
    }

    /// How often the database was found to be away.
    pub fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// Does something in one transaction. If it fails, nothing of it was done; if the database is away,
    /// the transaction may yet have been committed, without anybody being told.
    ///
    /// # Errors
    /// [`StateError::Away`], or what the database says.
    pub async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        self.with(async |connection| {
            connection.batch("BEGIN").await?;
            let done = work(connection).await?;
            connection.batch("COMMIT").await?;
            Ok(done)
        })
        .await
    }

    /// The same for what takes longer, as tables do that others may be about to create, too.
    ///
    /// # Errors
    /// The errors of [`Pool::transaction`].
    pub async fn long_transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        self.within(LONG_TIME, async |connection| {
            connection.batch(LONG_LIMITS).await?;
            let done = work(connection).await?;
            connection.batch("COMMIT").await?;
            Ok(done)
        })
        .await
    }

    /// Does something with a connection, each statement a transaction of its own.
    ///
    /// # Errors
    /// The errors of [`Pool::transaction`].
    pub async fn with<T>(&self, work: impl AsyncFnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.within(OPERATION_TIME, work).await
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let worked = timeout(limit, async {
            let _place = self.places.acquire().await.expect("it is never closed");
            let mut connection = self.connection().await?;
            let done = work(&mut connection).await?;
            Ok((connection, done))
        });
        let worked = worked.await.unwrap_or_else(|_| {
            let why = "it does not answer".to_owned();
            *self.failed.borrow_mut() = Some((Instant::now(), why.clone()));
            Err(StateError::Away(why))
        });
        match worked {
            Ok((connection, done)) => {
                self.idle.borrow_mut().push(connection);
                Ok(done)
            }
            // A connection that is dropped rolls back.
            Err(error) => {
                if matches!(error, StateError::Away(_)) {
                    self.failures.set(self.failures.get() + 1);
                    self.idle.borrow_mut().clear();
                }
                Err(error)
            }
        }
    }

    /// The rows of a single query.
    ///
    /// # Errors
    /// The errors of [`Pool::transaction`].
    pub async fn rows(&self, sql: &'static str, values: Values<'_>) -> Result<Vec<Row>> {
        self.with(async |connection| connection.rows(sql, values).await)
            .await
    }

    /// The first row of a single query.
    ///
    /// # Errors
    /// The errors of [`Pool::transaction`].
    pub async fn row(&self, sql: &'static str, values: Values<'_>) -> Result<Option<Row>> {
        self.with(async |connection| connection.row(sql, values).await)
            .await
    }

    /// Executes a single statement: how many rows it has touched.
    ///
    /// # Errors
    /// The errors of [`Pool::transaction`].
    pub async fn execute(&self, sql: &'static str, values: Values<'_>) -> Result<u64> {
        self.with(async |connection| connection.execute(sql, values).await)
            .await
    }

    async fn connection(&self) -> Result<Connection> {
        loop {
            let idle = self.idle.borrow_mut().pop();
            match idle {
                Some(idle) if idle.client.is_closed() => {}
                Some(idle) => return Ok(idle),
                None => break,
            }
        }
        if let Some((at, why)) = &*self.failed.borrow()
            && at.elapsed() < PAUSE
        {
            return Err(StateError::Away(why.clone()));
        }
        match self.connect().await {
            Ok(connection) => {
                *self.failed.borrow_mut() = None;
                Ok(connection)
            }
            Err(error) => {
                if let StateError::Away(why) = &error {
                    *self.failed.borrow_mut() = Some((Instant::now(), why.clone()));
                }
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<Connection> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                tokio::spawn(connection);
                client
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                tokio::spawn(connection);
                client
            }
        };
        client.batch_execute(LIMITS).await?;
        Ok(Connection {
            client,
            prepared: HashMap::new(),
        })
    }
}

impl From<Error> for StateError {
    fn from(error: Error) -> StateError {
        let Some(said) = error.as_db_error() else {
            return StateError::Away(causes(&error));
        };
        let code = said.code();
        let class = code.code().get(..2).unwrap_or_default();
        let passes = [
            SqlState::QUERY_CANCELED,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ];
        // 08: connection, 40: deadlock, 53: resources, 57P: it is shut down or starts.
        let is_away = ["08", "40", "53"].contains(&class)
            || code.code().starts_with("57P")
            || passes.contains(code);
        let text = said.message().to_owned();
        match class {
            _ if is_away => StateError::Away(text),
            // A password, a user, a database, a privilege.
            "28" | "3D" | "42" if code != &SqlState::UNDEFINED_TABLE => StateError::Forbidden(text),
            _ => StateError::Sql(text),
        }
    }
}

/// An error with its causes, of which tokio-postgres prints the outermost only.
fn causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// How connections are encrypted.
#[derive(Clone)]
pub struct Tls(pub Connector);

/// A handshake with the host of this name.
pub struct Handshake {
    connector: Connector,
    host: String,
}

impl<S> MakeTlsConnect<S> for Tls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        Ok(Handshake {
            connector: self.0.clone(),
            // Empty for a Unix socket, on which no handshake follows.
            host: host.to_owned(),
        })
    }
}

impl<S> TlsConnect<S> for Handshake
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let connected = self.connector.connect(self.host, stream).await;
            connected.map(Encrypted)
        })
    }
}

/// An encrypted connection.
pub struct Encrypted<S>(TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> tokio_postgres::tls::TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
