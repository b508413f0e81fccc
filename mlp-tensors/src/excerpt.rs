//! The beginning of a text of a file, for errors.

use core::fmt;

use crate::json::Text;

/// A text of a file as far as an error keeps it: the first 46 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; 46],
    length: u8,
    is_cut: bool,
}

impl Excerpt {
    /// The beginning of a text of a file.
    pub fn new(text: Text<'_>) -> Self {
        Self::of(text.chars())
    }

    /// The beginning of another text.
    pub fn fixed(text: &str) -> Self {
        Self::of(text.chars())
    }

    fn of(text: impl Iterator<Item = char>) -> Self {
        let mut excerpt = Excerpt { bytes: [0; 46], length: 0, is_cut: false };
        for of in text {
            let mut encoded = [0; 4];
            let encoded = of.encode_utf8(&mut encoded).as_bytes();
            let end = usize::from(excerpt.length) + encoded.len();
            let Some(place) = excerpt.bytes.get_mut(usize::from(excerpt.length)..end) else {
                excerpt.is_cut = true;
                break;
            };
            place.copy_from_slice(encoded);
            excerpt.length = end as u8;
        }
        excerpt
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        let text = core::str::from_utf8(bytes).unwrap_or_default();
        // Nothing that a terminal obeys, and nothing that turns the direction of the text.
        text.chars().try_for_each(|of| {
            let is_visible = of.is_ascii_graphic() || of == ' ' || of.is_alphanumeric();
            if is_visible { write!(f, "{of}") } else { write!(f, "{}", of.escape_unicode()) }
        })?;
        f.write_str(if self.is_cut { "…" } else { "" })
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
