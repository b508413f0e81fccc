//! The part of JSON that headers of safetensors files use, read in place: objects of objects, strings, whole numbers and
//! lists of them. No nesting beyond the format's own, so no recursion.

use core::fmt;
use core::str::Chars;

/// The header is no JSON of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The byte of the header where it is not.
    pub(crate) at: usize,
    /// The thing that was expected there.
    pub(crate) expected: &'static str,
}

/// A text of a file: a name, or a key or a value of its metadata.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// The text between the quotes. Its escapes are valid.
    raw: &'t str,
}

impl<'t> Text<'t> {
    /// The characters.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + 't {
        let mut rest = self.raw.chars();
        core::iter::from_fn(move || match decode(&mut rest) {
            Decoded::Char(of) => Some(of),
            Decoded::Quote | Decoded::Bad => None,
        })
    }

    /// Whether it is `first` followed by `second`.
    pub fn is_pair(self, first: &str, second: &str) -> bool {
        match self.plain() {
            Some(plain) => plain.strip_prefix(first) == Some(second),
            None => self.chars().eq(first.chars().chain(second.chars())),
        }
    }

    /// Whether it begins with `prefix`.
    pub fn starts_with(self, prefix: &str) -> bool {
        let mut chars = self.chars();
        prefix.chars().all(|of| chars.next() == Some(of))
    }

    /// The text as it is in the file, if there is no escape in it.
    pub fn plain(self) -> Option<&'t str> {
        (!self.raw.as_bytes().contains(&b'\\')).then_some(self.raw)
    }

    /// Whether the two are the same text.
    pub(crate) fn same(self, other: Text<'_>) -> bool {
        match (self.plain(), other.plain()) {
            (Some(one), Some(other)) => one == other,
            _ => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.is_pair("", other)
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.is_pair("", other)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|of| fmt::Write::write_char(f, of))
    }
}

enum Decoded {
    Char(char),
    /// The end of the string.
    Quote,
    /// No character of a string: a wrong escape, a control character or the end of the text.
    Bad,
}

/// The next character of a string.
fn decode(rest: &mut Chars<'_>) -> Decoded {
    match rest.next() {
        Some('"') => Decoded::Quote,
        Some('\\') => escape(rest).map_or(Decoded::Bad, Decoded::Char),
        Some(of) if of >= ' ' => Decoded::Char(of),
        Some(_) | None => Decoded::Bad,
    }
}

/// The character of an escape, after its backslash.
fn escape(rest: &mut Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = four_digits(rest)?;
            // Characters beyond 16 bits are two escapes.
            if (0xd800..0xdc00).contains(&first) {
                let pair = rest.next() == Some('\\') && rest.next() == Some('u');
                let second = four_digits(rest).filter(|second| pair && (0xdc00..0xe000).contains(second))?;
                return char::from_u32(0x1_0000 + ((first & 0x3ff) << 10) + (second & 0x3ff));
            }
            char::from_u32(first)?
        }
        of @ ('"' | '\\' | '/') => of,
        _ => return None,
    })
}

fn four_digits(rest: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |number, _| Some(number * 16 + rest.next()?.to_digit(16)?))
}

/// A list of whole numbers, such as a shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes<'t> {
    /// The text between the brackets.
    raw: &'t str,
}

impl<'t> Sizes<'t> {
    pub(crate) fn iter(self) -> impl Iterator<Item = u64> + 't {
        let mut rest = Json { rest: self.raw, length: self.raw.len() };
        core::iter::from_fn(move || {
            let number = rest.number().ok()?;
            rest.is_next(',');
            Some(number)
        })
    }
}

/// A place in a text.
#[derive(Clone, Copy)]
pub(crate) struct Json<'t> {
    rest: &'t str,
    /// The length of the whole text.
    length: usize,
}

impl<'t> Json<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Json { rest: text, length: text.len() }
    }

    /// The error that `expected` is not here.
    pub(crate) fn malformed(&self, expected: &'static str) -> Malformed {
        Malformed { at: self.length.saturating_sub(self.rest.len()), expected }
    }

    pub(crate) fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    /// Whether this character is next; then it is passed.
    pub(crate) fn is_next(&mut self, of: char) -> bool {
        self.space();
        let after = self.rest.strip_prefix(of);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    pub(crate) fn pass(&mut self, of: char, expected: &'static str) -> Result<(), Malformed> {
        if self.is_next(of) { Ok(()) } else { Err(self.malformed(expected)) }
    }

    /// Whether nothing but space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.space();
        self.rest.is_empty()
    }

    pub(crate) fn text(&mut self) -> Result<Text<'t>, Malformed> {
        self.pass('"', "a text in quotes")?;
        let mut rest = self.rest.chars();
        loop {
            let left = rest.as_str();
            match decode(&mut rest) {
                Decoded::Char(_) => {}
                Decoded::Quote => {
                    let length = self.rest.len().saturating_sub(left.len());
                    let raw = self.rest.split_at_checked(length).map_or("", |(raw, _)| raw);
                    self.rest = rest.as_str();
                    return Ok(Text { raw });
                }
                Decoded::Bad => {
                    self.rest = left;
                    return Err(self.malformed("a character of a text, or its end"));
                }
            }
        }
    }

    /// A whole number; not negative, without fraction and exponent, below 2^64.
    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        self.space();
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(digits).unwrap_or(("", self.rest));
        let leading_zero = digits.len() > 1 && digits.starts_with('0');
        let number = digits.bytes().try_fold(0_u64, |number, digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
        });
        match number {
            Some(number) if !digits.is_empty() && !leading_zero && !rest.starts_with(['.', 'e', 'E']) => {
                self.rest = rest;
                Ok(number)
            }
            _ => Err(self.malformed("a whole number below 2^64")),
        }
    }

    /// A list of whole numbers.
    pub(crate) fn numbers(&mut self) -> Result<Sizes<'t>, Malformed> {
        self.pass('[', "a list of whole numbers")?;
        let begin = self.rest;
        if !self.is_next(']') {
            loop {
                self.number()?;
                if self.is_next(']') {
                    break;
                }
                self.pass(',', "`,` or `]`")?;
            }
        }
        // Without the bracket.
        let length = begin.len().saturating_sub(self.rest.len()).saturating_sub(1);
        Ok(Sizes { raw: begin.split_at_checked(length).map_or("", |(raw, _)| raw) })
    }

    /// The place of a key of an object, if there is one more. `is_first` before the first one.
    pub(crate) fn key(&mut self, is_first: &mut bool) -> Result<Option<Text<'t>>, Malformed> {
        if core::mem::take(is_first) {
            self.pass('{', "`{`")?;
            if self.is_next('}') {
                return Ok(None);
            }
        } else if self.is_next('}') {
            return Ok(None);
        } else {
            self.pass(',', "`,` or `}`")?;
        }
        let key = self.text()?;
        self.pass(':', "`:`")?;
        Ok(Some(key))
    }
}
