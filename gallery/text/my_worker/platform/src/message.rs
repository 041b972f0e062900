//! Messages, put together without std's formatting, which would be a tenth of a small module.

use std::fmt::{Display, Write};
use std::panic::Location;

/// The parts of a message in turn.
pub fn joined(parts: &[&str]) -> String {
    parts.iter().copied().collect()
}

/// Appends a number in decimal digits.
pub fn push_decimal(text: &mut String, number: usize) {
    if number > 9 {
        push_decimal(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// A place in the code, as `src/text.rs:5:63`.
pub fn place(location: &Location) -> String {
    let mut place = location.file().to_owned();
    for number in [location.line(), location.column()] {
        place.push(':');
        push_decimal(&mut place, number as usize);
    }
    place
}

/// `value.to_string()`, which would panic when `value` cannot be shown.
pub fn shown(value: &dyn Display) -> String {
    let mut text = String::new();
    // What cannot be shown is left out.
    let _ = write!(text, "{value}");
    text
}
