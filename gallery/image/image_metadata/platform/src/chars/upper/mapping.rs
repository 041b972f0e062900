//! The upper case of one character, from std, in an array that can be copied at once.

#[derive(Clone, Copy, Default)]
pub struct Mapping {
    /// The longest ones, as that of U+0390, have six bytes. `to_uppercase` rests on none being cut off.
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
