//! Bytes that may be only the beginning of a file. They are read with a note of whether what follows could matter.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

pub struct Source<'a> {
    bytes: &'a [u8],
    ended: Cell<bool>,
}

impl<'a> Source<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let ended = Cell::new(false);
        Self { bytes, ended }
    }

    /// Whether more bytes could have changed anything that was read.
    pub fn ended(&self) -> bool {
        self.ended.get()
    }

    /// `length` bytes from `at` on, or none when there are fewer.
    pub fn get(&self, at: u64, length: u64) -> Option<&'a [u8]> {
        let end = usize::try_from(at.saturating_add(length)).ok();
        let found = end.and_then(|end| self.bytes.get(at as usize..end));
        self.ended.set(self.ended() || found.is_none());
        found
    }

    pub fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        self.get(at, N as u64)?.try_into().ok()
    }

    /// All bytes from `at` on.
    pub fn rest(&self, at: u64) -> Option<&'a [u8]> {
        self.ended.set(true);
        self.bytes.get(usize::try_from(at).ok()?..)
    }

    /// For a crate that reads by itself.
    pub fn reader(&self, at: u64) -> SourceReader<'a, '_> {
        SourceReader { source: self, at }
    }
}

pub struct SourceReader<'a, 's> {
    source: &'s Source<'a>,
    at: u64,
}

impl BufRead for SourceReader<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let left = self.source.bytes.get(at..).unwrap_or_default();
        self.source
            .ended
            .set(self.source.ended() || left.is_empty());
        Ok(left)
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount as u64;
    }
}

impl Read for SourceReader<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.fill_buf()?;
        let length = left.len().min(buffer.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.consume(length);
        self.source
            .ended
            .set(self.source.ended() || length < buffer.len());
        Ok(length)
    }
}

impl Seek for SourceReader<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => {
                self.source.ended.set(true);
                (self.source.bytes.len() as u64).checked_add_signed(by)
            }
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
