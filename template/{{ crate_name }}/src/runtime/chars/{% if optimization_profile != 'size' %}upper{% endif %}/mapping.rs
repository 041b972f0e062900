//! The upper case of one character, as std has it, where it can be copied at once.

#[derive(Clone, Copy, Default)]
pub struct Mapping {
    /// The longest, U+0390's and a few others', has six. `to_uppercase` rests on none being cut.
    bytes: [u8; 7],
    length: u8,
}

impl Mapping {
    pub fn from_char(char: char) -> Self {
        let mut mapping = Self::default();
        for char in char.to_uppercase() {
            for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                let place = mapping.bytes.get_mut(usize::from(mapping.length));
                *place.expect("seven bytes at most") = byte;
                mapping.length += 1;
            }
        }
        mapping
    }

    /// Its bytes when it has two.
    pub fn pair(self) -> Option<[u8; 2]> {
        let [first, second, ..] = self.bytes;
        (self.length == 2).then_some([first, second])
    }

    pub fn append_to(self, upper: &mut Vec<u8>) {
        let end = upper.len() + usize::from(self.length);
        upper.extend_from_slice(&self.bytes);
        upper.truncate(end);
    }
}
