//! The login of a router to the engine, pure. Takes the text of a credentials file, and the server's nonce;
//! gives the fields for NATS's CONNECT.
//!
//! A file holds one of
//!
//! ```text
//! -----BEGIN NATS USER JWT-----      a .creds file: a JWT, and the seed of its key
//! SUA…                               the seed of an nkey alone
//! USER:PASSWORD
//! TOKEN
//! ```

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Map, Value, json};

/// The first byte of the key of a user, whose first letter is then `U`.
const USER: u8 = 20 << 3;

/// The type of a seed in its first byte, whose first letter is then `S`. The type of its key fills the
/// other bits and the second byte.
const SEED: u8 = 18 << 3;

/// The first and the last line of a JWT, and of a seed, as a .creds file has them.
const JWT: (&str, &str) = (
    "-----BEGIN NATS USER JWT-----",
    "------END NATS USER JWT------",
);
const NKEY: (&str, &str) = (
    "-----BEGIN USER NKEY SEED-----",
    "------END USER NKEY SEED------",
);

/// How to log in.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// With a user and a password.
    Password(String, String),
    /// With a token.
    Token(String),
    /// With an Ed25519 key.
    Key(Seed),
    /// With a JWT that names a key, and the key.
    Jwt(String, Seed),
}

/// The secret part of an Ed25519 key.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

/// Why a login cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLogin {
    /// The file is empty.
    #[error("it is empty")]
    Empty,
    /// It has lines that mean nothing.
    #[error("it is neither a .creds file, an nkey seed, USER:PASSWORD nor a token in one line")]
    Unknown,
    /// A seed was changed, or is not that of a user.
    #[error("its nkey seed is damaged, or not the seed of a user (SU…)")]
    Seed,
    /// A key can only sign what the server has sent.
    #[error("the server has sent no nonce to sign: it does not know nkeys or JWTs")]
    NoNonce,
}

impl Login {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BadLogin`].
    pub fn read(text: &str) -> Result<Login, BadLogin> {
        let text = text.trim();
        if let Some(jwt) = between(text, JWT) {
            let seed = between(text, NKEY).ok_or(BadLogin::Seed)?;
            return Ok(Login::Jwt(jwt.to_owned(), Seed::read(seed)?));
        }
        if text.is_empty() {
            return Err(BadLogin::Empty);
        }
        if text.contains(char::is_whitespace) {
            return Err(BadLogin::Unknown);
        }
        if text.len() == 58 && text.starts_with('S') {
            return Ok(Login::Key(Seed::read(text)?));
        }
        Ok(match text.split_once(':') {
            Some((user, password)) => Login::Password(user.to_owned(), password.to_owned()),
            None => Login::Token(text.to_owned()),
        })
    }

    /// Adds the fields that say who this is. `nonce` is what the server wants to have signed.
    ///
    /// # Errors
    /// [`BadLogin::NoNonce`].
    pub fn put(
        &self,
        nonce: Option<&str>,
        connect: &mut Map<String, Value>,
    ) -> Result<(), BadLogin> {
        let mut put = |name: &str, value: &str| connect.insert(name.to_owned(), json!(value));
        let seed = match self {
            Login::Password(user, password) => {
                put("user", user);
                put("pass", password);
                return Ok(());
            }
            Login::Token(token) => {
                put("auth_token", token);
                return Ok(());
            }
            Login::Key(seed) => seed,
            Login::Jwt(jwt, seed) => {
                put("jwt", jwt);
                seed
            }
        };
        let key = seed.key()?;
        put("nkey", &public(key.public_key().as_ref()));
        let nonce = nonce.ok_or(BadLogin::NoNonce)?;
        put("sig", &URL_SAFE_NO_PAD.encode(key.sign(nonce.as_bytes())));
        Ok(())
    }
}

impl Seed {
    /// Reads `SU…`: two bytes that say so, the seed, and a checksum.
    fn read(text: &str) -> Result<Seed, BadLogin> {
        let bytes = unbase32(text.trim()).ok_or(BadLogin::Seed)?;
        let (body, sum) = bytes.split_last_chunk().ok_or(BadLogin::Seed)?;
        let [first, second, seed @ ..] = body else {
            return Err(BadLogin::Seed);
        };
        let kind = (first & 0b111) << 5 | second >> 3;
        let is_good = first & !0b111 == SEED && kind == USER && *sum == checksum(body);
        let seed = seed.try_into().ok().filter(|_| is_good);
        seed.map(Seed).ok_or(BadLogin::Seed)
    }

    fn key(&self) -> Result<Ed25519KeyPair, BadLogin> {
        Ed25519KeyPair::from_seed_unchecked(&self.0).map_err(|_| BadLogin::Seed)
    }
}

/// Shows no secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Login::Password(..) => "Password(…)",
            Login::Token(_) => "Token(…)",
            Login::Key(_) => "Key(…)",
            Login::Jwt(..) => "Jwt(…)",
        })
    }
}

/// What stands between two lines.
fn between<'a>(text: &'a str, (first, last): (&str, &str)) -> Option<&'a str> {
    let (_, rest) = text.split_once(first)?;
    let (found, _) = rest.split_once(last)?;
    Some(found.trim())
}

/// The public key of a user as NATS writes it.
fn public(key: &[u8]) -> String {
    let mut bytes = vec![USER];
    bytes.extend_from_slice(key);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    base32(&bytes)
}

/// CRC-16/XMODEM, the low byte first.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut sum = 0_u16;
    for byte in bytes {
        sum ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            let carry = sum & 0x8000 != 0;
            sum <<= 1;
            if carry {
                sum ^= 0x1021;
            }
        }
    }
    sum.to_le_bytes()
}

/// The 32 letters of RFC 4648.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut held) = (String::new(), 0, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[(held << (5 - bits) & 31) as usize]));
    }
    text
}

fn unbase32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0_u32);
    for letter in text.bytes() {
        let place = LETTERS.iter().position(|known| *known == letter)?;
        held = held << 5 | place as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the documentation of NATS.
    const SEED_TEXT: &str = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
    const PUBLIC: &str = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

    #[test]
    fn a_seed_gives_its_public_key() {
        let Ok(Login::Key(seed)) = Login::read(SEED_TEXT) else {
            panic!("a seed")
        };
        let key = seed.key().unwrap();
        assert_eq!(public(key.public_key().as_ref()), PUBLIC);
        let damaged = SEED_TEXT.replace("SSL3", "SSL4");
        assert_eq!(Login::read(&damaged), Err(BadLogin::Seed));
        // The seed of an account.
        let account = "SAACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
        assert_eq!(Login::read(account), Err(BadLogin::Seed));
    }

    #[test]
    fn what_files_hold() {
        let password = Login::Password("u".into(), "p:w".into());
        assert_eq!(Login::read("u:p:w\n"), Ok(password));
        assert_eq!(Login::read("t0ken\n"), Ok(Login::Token("t0ken".into())));
        assert_eq!(Login::read("\n"), Err(BadLogin::Empty));
        assert_eq!(Login::read("two words"), Err(BadLogin::Unknown));
        let creds = format!(
            "{}\na.b.c\n{}\n\n*** IMPORTANT ***\n\n{}\n{SEED_TEXT}\n{}\n\n***\n",
            JWT.0, JWT.1, NKEY.0, NKEY.1
        );
        let mut connect = Map::new();
        let login = Login::read(&creds).unwrap();
        login.put(Some("nonce"), &mut connect).unwrap();
        assert_eq!(connect["jwt"], "a.b.c");
        assert_eq!(connect["sig"].as_str().map(str::len), Some(86));
        assert_eq!(login.put(None, &mut connect), Err(BadLogin::NoNonce));
        assert!(!format!("{login:?}").contains("a.b.c"));
    }
}
