//! In little code: the check for UTF-8 by std, and upper case by Unicode's full default mapping, ASCII in runs and all
//! else by std, a character at a time.

pub use std::str::from_utf8;

/// `text.to_uppercase()`, without its copies of loops.
pub fn to_uppercase(text: &str) -> String {
    let mut upper = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        let (ascii, others) = rest.split_at_checked(ascii).unwrap_or_default();
        upper.push_str(ascii);
        let mut others = others.chars();
        let Some(char) = others.next() else {
            break;
        };
        for char in char.to_uppercase() {
            upper.push(char);
        }
        rest = others.as_str();
    }
    upper.make_ascii_uppercase();
    upper
}
