//! Messages, put together without std's formatting, which would be a tenth of a small module.

use std::fmt::{Display, Write};

/// The parts of a message in turn.
pub fn joined(parts: &[&str]) -> String {
    parts.iter().copied().collect()
}

/// A number in decimal digits.
pub fn decimal(mut number: usize) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return text;
        }
    }
}

/// `value.to_string()`, which would panic when `value` cannot be shown.
pub fn shown(value: &dyn Display) -> String {
    let mut text = String::new();
    // What cannot be shown is left out.
    let _ = write!(text, "{value}");
    text
}
