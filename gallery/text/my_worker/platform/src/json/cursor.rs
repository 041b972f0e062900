//! Reads a JSON text token by token.

use super::error::JsonError;
use super::strings::{SHORT_ESCAPES, plain};
use std::borrow::Cow;

/// A place in the text.
pub struct Cursor<'a> {
    text: &'a str,
    pub at: usize,
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

    fn mistake(&self, found: &'static str) -> JsonError {
        JsonError::syntax(found, self.at.min(self.text.len()))
    }

    /// The next byte that is not white space, which is not taken; 0 at the end.
    #[inline]
    pub fn peek(&mut self) -> u8 {
        loop {
            let byte = self.byte();
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
    }

    /// Takes a byte, if it is the next one that is no white space.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        self.peek();
        self.take_next(byte)
    }

    /// Takes a byte, if it is the next one.
    fn take_next(&mut self, byte: u8) -> bool {
        if self.byte() != byte {
            return false;
        }
        self.at += 1;
        true
    }

    pub fn end(&mut self) -> Result<(), JsonError> {
        self.peek();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.mistake("more after the end"))
        }
    }

    /// Takes `true`, `false` or `null`.
    #[inline]
    pub fn word(&mut self, word: &'static [u8]) -> Result<(), JsonError> {
        self.peek();
        if !self.rest().starts_with(word) {
            return Err(self.mistake("no value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// After a value in an array or object that ends with `close`: whether there is another one.
    #[inline]
    pub fn another(&mut self, close: u8) -> Result<bool, JsonError> {
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return Ok(false);
        }
        Err(self.mistake(if close == b']' {
            "no `,` or `]`"
        } else {
            "no `,` or `}`"
        }))
    }

    /// The name of a member.
    pub fn name(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != b'"' {
            return Err(self.mistake("no name in quotes"));
        }
        self.string()
    }

    /// What stands between a name and its value.
    pub fn colon(&mut self) -> Result<(), JsonError> {
        if self.take(b':') {
            Ok(())
        } else {
            Err(self.mistake("no `:`"))
        }
    }

    /// A number, as it is written.
    pub fn number(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let start = self.at;
        self.take_next(b'-');
        if !self.take_next(b'0') {
            self.digits("no value")?;
        }
        if self.take_next(b'.') {
            self.digits("no digit")?;
        }
        if self.take_next(b'e') || self.take_next(b'E') {
            let _ = self.take_next(b'+') || self.take_next(b'-');
            self.digits("no digit")?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self, otherwise: &'static str) -> Result<(), JsonError> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.mistake(otherwise));
        }
        Ok(())
    }

    /// A string, whose quote is next; borrowed when there is no escape in it.
    pub fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.take(b'"');
        let text = self.plain();
        if self.take_next(b'"') {
            return Ok(Cow::Borrowed(text));
        }
        let mut string = text.to_owned();
        while self.take_next(b'\\') {
            let char = self.escape()?;
            let text = self.plain();
            let more = char.len_utf8() + text.len();
            if string.capacity() - string.len() < more {
                // Twice as much, as a String takes by itself, but not for more than can still come.
                string.reserve_exact(more + string.len().min(self.rest().len()));
            }
            string.push(char);
            string.push_str(text);
        }
        if self.take_next(b'"') {
            return Ok(Cow::Owned(string));
        }
        let found = if self.at < self.text.len() {
            "a control character in a string"
        } else {
            "no `\"`"
        };
        Err(self.mistake(found))
    }

    fn plain(&mut self) -> &'a str {
        let start = self.at;
        self.at += plain(self.rest());
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at - 1;
        let escape = self.byte();
        self.at += 1;
        if escape == b'u' {
            return self.surrogates(start);
        }
        let known = SHORT_ESCAPES.iter().find(|(byte, _)| *byte == escape);
        let char = known.map(|(_, char)| char::from(*char));
        char.ok_or_else(|| JsonError::syntax("an unknown escape", start))
    }

    /// The character of a `\u` escape, or of two that are a surrogate pair (RFC 8259, section 7).
    fn surrogates(&mut self, start: usize) -> Result<char, JsonError> {
        let mut code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) && self.rest().starts_with(b"\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                code = 0x1_0000 + ((code - 0xd800) << 10 | (second - 0xdc00));
            }
        }
        // A surrogate without its other half is no character.
        char::from_u32(code).ok_or_else(|| JsonError::syntax("an unpaired surrogate", start))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = char::from(self.byte()).to_digit(16);
            value = value << 4 | digit.ok_or_else(|| self.mistake("no hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(value)
    }

    /// Passes a value of any depth, which need not fit any type.
    pub fn value(&mut self) -> Result<(), JsonError> {
        // What closes the arrays and objects that are open.
        let mut open = Vec::new();
        'value: loop {
            if open.last() == Some(&b'}') {
                self.name()?;
                self.colon()?;
            }
            match self.peek() {
                start @ (b'[' | b'{') => {
                    self.at += 1;
                    // In ASCII `]` comes two after `[`, and `}` two after `{`.
                    let close = start + 2;
                    if !self.take(close) {
                        open.extend_from_slice(&[close]);
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => drop(self.number()?),
            }
            while let Some(&close) = open.last() {
                if self.another(close)? {
                    continue 'value;
                }
                open.pop();
            }
            return Ok(());
        }
    }

    /// A value, as it is written.
    pub fn text(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let start = self.at;
        self.value()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Passes a value that is all of the text.
    pub fn whole_value(mut self) -> Result<(), JsonError> {
        // RFC 8259, section 8.1, does not allow it; some older editors write it without showing it.
        if self.text.starts_with('\u{feff}') {
            return Err(self.mistake("a byte order mark"));
        }
        self.value()?;
        self.end()
    }
}
