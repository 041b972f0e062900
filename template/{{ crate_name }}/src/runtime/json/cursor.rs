//! Reads a JSON text token by token.

use super::error::Error;
use super::strings::plain;
use std::borrow::Cow;

/// A place in the text.
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn mistake(&self, expected: &'static str) -> Error {
        Error::syntax(expected, self.at.min(self.text.len()))
    }

    /// The next byte that is no white space, which stays; 0 at the end.
    pub fn peek(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.byte()
    }

    /// Takes a byte, if it is the next one that is no white space.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    pub fn end(&mut self) -> Result<(), Error> {
        self.peek();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.mistake("expected the end"))
        }
    }

    /// Takes `true`, `false` or `null`.
    pub fn word(&mut self, word: &'static [u8]) -> Result<(), Error> {
        self.peek();
        if !self.rest().starts_with(word) {
            return Err(self.mistake("expected a value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// After a value in an array or object that ends with `close`: whether there is another one.
    pub fn another(&mut self, close: u8) -> Result<bool, Error> {
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return Ok(false);
        }
        Err(self.mistake(if close == b']' {
            "expected `,` or `]`"
        } else {
            "expected `,` or `}`"
        }))
    }

    /// The name of a member, and the colon after it.
    pub fn name(&mut self) -> Result<Cow<'a, str>, Error> {
        if self.peek() != b'"' {
            return Err(self.mistake("expected a name in quotes"));
        }
        let name = self.string()?;
        if self.take(b':') {
            Ok(name)
        } else {
            Err(self.mistake("expected `:`"))
        }
    }

    /// A number, as it is written.
    pub fn number(&mut self) -> Result<&'a str, Error> {
        self.peek();
        let start = self.at;
        self.at += usize::from(self.byte() == b'-');
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits("expected a value")?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits("expected a digit")?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            self.digits("expected a digit")?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self, expected: &'static str) -> Result<(), Error> {
        if !self.byte().is_ascii_digit() {
            return Err(self.mistake(expected));
        }
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    /// A string, whose quote is next; borrowed when there is no escape in it.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        self.take(b'"');
        let text = self.plain();
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut string = text.to_owned();
        while self.byte() == b'\\' {
            string.push(self.escape()?);
            string.push_str(self.plain());
        }
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(Cow::Owned(string));
        }
        let expected = if self.at < self.text.len() {
            "a control character in a string"
        } else {
            "expected `\"`"
        };
        Err(self.mistake(expected))
    }

    fn plain(&mut self) -> &'a str {
        let start = self.at;
        self.at += plain(self.rest());
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, Error> {
        let start = self.at;
        self.at += 2;
        let char = match self.text.as_bytes().get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self.surrogates(start)?,
            _ => return Err(Error::syntax("an unknown escape", start)),
        };
        Ok(char)
    }

    /// The character of a `\u` escape, or of two that are a surrogate pair (RFC 8259, section 7).
    fn surrogates(&mut self, start: usize) -> Result<char, Error> {
        let unpaired = || Error::syntax("an unpaired surrogate", start);
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(unpaired);
        }
        if !self.rest().starts_with(b"\\u") {
            return Err(unpaired());
        }
        self.at += 2;
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(unpaired());
        }
        let offset = (first - 0xd800) << 10 | (second - 0xdc00);
        char::from_u32(0x1_0000 + offset).ok_or_else(unpaired)
    }

    fn hex(&mut self) -> Result<u32, Error> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.byte()).to_digit(16);
            value =
                value << 4 | digit.ok_or_else(|| self.mistake("expected a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(value)
    }

    /// Passes a value of any depth, which need not fit any type.
    pub fn value(&mut self) -> Result<(), Error> {
        // What closes the arrays and objects that are open.
        let mut open = Vec::new();
        loop {
            match self.peek() {
                start @ (b'[' | b'{') => {
                    self.at += 1;
                    // In ASCII `]` comes two after `[`, and `}` two after `{`.
                    let close = start + 2;
                    if !self.take(close) {
                        self.member(close)?;
                        open.push(close);
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => drop(self.number()?),
            }
            loop {
                let Some(&close) = open.last() else {
                    return Ok(());
                };
                if self.another(close)? {
                    self.member(close)?;
                    break;
                }
                open.pop();
            }
        }
    }

    fn member(&mut self, close: u8) -> Result<(), Error> {
        if close == b'}' {
            self.name()?;
        }
        Ok(())
    }

    /// Passes a value that is all of the text.
    pub fn whole_value(mut self) -> Result<(), Error> {
        self.value()?;
        self.end()
    }
}
