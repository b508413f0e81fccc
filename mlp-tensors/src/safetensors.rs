//! A safetensors file, read in place: 8 bytes with the length of the header, the header in JSON, the numbers.

use crate::{
    error::FormatError,
    excerpt::Excerpt,
    json::{Json, Malformed, Sizes, Text},
};

/// The longest header that the format allows.
const HEADER: u64 = 100_000_000;
/// The keys of metadata that a file may have; each is compared with all others.
pub const KEYS: usize = 1024;
/// The key of the header that is no tensor.
pub const METADATA: &str = "__metadata__";
/// The tensors of a header that may be listed in another order than that of their bytes.
const UNORDERED: usize = 1 << 15;

/// A safetensors file in memory, checked as a whole: the form of its header, and that its tensors have the right lengths
/// and fill the rest of the file without overlap and without gap.
///
/// Reading it takes no heap. Its time is linear in the length of the header, if the header lists the tensors in the order
/// of their bytes, as all known writers do.
///
/// ```
/// let header = br#"{"__metadata__":{"made by":"hand"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
/// let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
/// bytes.extend(header);
/// bytes.extend(0.5_f32.to_le_bytes());
///
/// let file = mlp_tensors::safetensors::File::parse(&bytes)?;
/// assert!(file.metadata("made by").is_some_and(|by| by == "hand"));
/// let tensor = file.tensors().next().unwrap();
/// assert!(tensor.name() == "b" && tensor.dtype() == "F32");
/// assert_eq!((tensor.shape().collect::<Vec<u64>>(), tensor.bytes()), (vec![1], &[0, 0, 0, 0x3f][..]));
/// # Ok::<(), mlp_tensors::FormatError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct File<'f> {
    header: &'f str,
    data: &'f [u8],
}

/// A tensor of a file.
#[derive(Clone, Copy, Debug)]
pub struct Tensor<'f> {
    entry: Entry<'f>,
    at: usize,
    bytes: &'f [u8],
}

impl<'f> Tensor<'f> {
    /// Its name.
    pub fn name(&self) -> Text<'f> {
        self.entry.name
    }

    /// The number type in the words of the format: `F32`.
    pub fn dtype(&self) -> Text<'f> {
        self.entry.dtype
    }

    /// Its sizes, the outermost first.
    pub fn shape(&self) -> impl Iterator<Item = u64> + 'f {
        self.entry.shape.iter()
    }

    /// Where its numbers begin, in bytes from the start of the file.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Its numbers in row-major order, little-endian.
    pub fn bytes(&self) -> &'f [u8] {
        self.bytes
    }
}

/// A tensor in the header.
#[derive(Clone, Copy, Debug)]
struct Entry<'f> {
    name: Text<'f>,
    dtype: Text<'f>,
    shape: Sizes<'f>,
    begin: u64,
    end: u64,
}

enum Item<'f> {
    Tensor(Entry<'f>),
    /// The metadata, at its `{`.
    Metadata(Json<'f>),
}

impl<'f> File<'f> {
    /// Reads the header of a file from its bytes, and checks it.
    ///
    /// # Errors
    /// [`FormatError`] if they are no whole safetensors file.
    pub fn parse(bytes: &'f [u8]) -> Result<Self, FormatError> {
        let (header, data) = split(bytes)?;
        let header = core::str::from_utf8(header);
        let header = header.map_err(|error| FormatError::NotText { at: error.valid_up_to() })?;
        let file = File { header, data };
        file.check()?;
        Ok(file)
    }

    /// The tensors in the order of the header.
    pub fn tensors(&self) -> impl Iterator<Item = Tensor<'f>> + 'f {
        let (data, before) = (self.data, self.header.len().saturating_add(8));
        self.entries().map(move |entry| {
            let at = usize::try_from(entry.begin).unwrap_or(usize::MAX).saturating_add(before);
            Tensor { entry, at, bytes: bytes(data, &entry).unwrap_or_default() }
        })
    }

    /// The value of a key of the metadata.
    pub fn metadata(&self, key: &str) -> Option<Text<'f>> {
        self.all_metadata().find(|(found, _)| *found == *key).map(|(_, value)| value)
    }

    /// All keys and values of the metadata, in their order.
    pub fn all_metadata(&self) -> impl Iterator<Item = (Text<'f>, Text<'f>)> + 'f {
        let mut items = Items::new(self.header);
        let metadata = core::iter::from_fn(move || items.next().ok()?).find_map(|item| match item {
            Item::Metadata(metadata) => Some(metadata),
            Item::Tensor(_) => None,
        });
        let mut pairs = metadata.map(|at| Pairs { at, is_first: true });
        core::iter::from_fn(move || pairs.as_mut()?.next().ok()?)
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'f>> + 'f {
        let mut items = Items::new(self.header);
        core::iter::from_fn(move || items.next().ok()?).filter_map(|item| match item {
            Item::Tensor(entry) => Some(entry),
            Item::Metadata(_) => None,
        })
    }

    fn check(&self) -> Result<(), FormatError> {
        if !self.header.starts_with('{') {
            return Err(Json::new(self.header).malformed("`{`").into());
        }
        let (mut items, mut end, mut count) = (Items::new(self.header), 0, 0);
        let (mut in_order, mut has_metadata) = (true, false);
        while let Some(item) = items.next()? {
            match item {
                Item::Metadata(at) => {
                    if core::mem::replace(&mut has_metadata, true) {
                        return Err(FormatError::Twice { name: Excerpt::fixed(METADATA) });
                    }
                    check_keys(at)?;
                }
                Item::Tensor(entry) => {
                    check_length(&entry)?;
                    in_order &= entry.begin == end;
                    end = entry.end;
                    count += 1;
                }
            }
        }
        if !in_order {
            end = self.check_order(count)?;
        }
        let found = self.data.len() as u64;
        if end > found {
            let before = 8 + self.header.len() as u64;
            return Err(FormatError::Cut { expected: end.saturating_add(before), found: found + before });
        }
        if end < found {
            return Err(FormatError::Extra { bytes: found - end });
        }
        Ok(())
    }

    /// Whether the tensors follow one another, in an order that is not that of the header; returns where the last one
    /// ends. Each pass finds the next 64.
    fn check_order(&self, count: usize) -> Result<u64, FormatError> {
        if count > UNORDERED {
            return Err(FormatError::Order { limit: UNORDERED });
        }
        let (mut end, mut last) = (0, None);
        loop {
            let mut next = [None; 64];
            for (number, entry) in self.entries().enumerate() {
                let mut key = Some((entry.begin, entry.end, number));
                if key <= last {
                    continue;
                }
                // `None` is an empty place, after all keys.
                for place in &mut next {
                    if key.is_some() && (place.is_none() || key < *place) {
                        core::mem::swap(place, &mut key);
                    }
                }
            }
            for (begin, after, number) in next.into_iter().flatten() {
                if begin != end {
                    let entry = self.entries().nth(number);
                    let tensor = entry.map_or(Excerpt::fixed("?"), |entry| Excerpt::new(entry.name));
                    return Err(FormatError::Offsets { tensor, begins: begin, expected: end });
                }
                (end, last) = (after, Some((begin, after, number)));
            }
            if next.last().is_some_and(Option::is_none) {
                return Ok(end);
            }
        }
    }
}

/// Header and numbers of a file.
fn split(file: &[u8]) -> Result<(&[u8], &[u8]), FormatError> {
    let found = file.len() as u64;
    let Some((length, rest)) = file.split_first_chunk() else {
        return Err(FormatError::Cut { expected: 8, found });
    };
    let length = header_length(*length)?;
    let cut = FormatError::Cut { expected: length.saturating_add(8), found };
    rest.split_at_checked(usize::try_from(length).map_err(|_| cut)?).ok_or(cut)
}

/// The length of the header, from the first bytes of a file.
///
/// # Errors
/// [`FormatError::HeaderLength`] if it is longer than the format allows.
pub fn header_length(bytes: [u8; 8]) -> Result<u64, FormatError> {
    let length = u64::from_le_bytes(bytes);
    if length > HEADER { Err(FormatError::HeaderLength(length)) } else { Ok(length) }
}

fn bytes<'f>(data: &'f [u8], entry: &Entry<'_>) -> Option<&'f [u8]> {
    data.get(usize::try_from(entry.begin).ok()?..usize::try_from(entry.end).ok()?)
}

/// Whether the bytes of a tensor are those of its shape and its number type.
fn check_length(entry: &Entry<'_>) -> Result<(), FormatError> {
    let bytes = entry.end.checked_sub(entry.begin);
    let numbers = entry.shape.iter().try_fold(1_u64, u64::checked_mul);
    let expected = numbers.and_then(|numbers| numbers.checked_mul(bytes_of(entry.dtype)?));
    // Types of less than a byte, and those to come, have no length here.
    let is_right =
        numbers.is_some() && bytes.is_some() && (bytes_of(entry.dtype).is_none() || bytes == expected);
    if is_right {
        return Ok(());
    }
    Err(FormatError::Length { tensor: Excerpt::new(entry.name), bytes: bytes.unwrap_or(0) })
}

/// The bytes of a number of a type.
fn bytes_of(dtype: Text<'_>) -> Option<u64> {
    match dtype.plain()? {
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" => Some(1),
        "U16" | "I16" | "F16" | "BF16" => Some(2),
        "U32" | "I32" | "F32" => Some(4),
        "U64" | "I64" | "F64" | "C64" => Some(8),
        _ => None,
    }
}

/// Whether the metadata has pairs of texts, and no key twice.
fn check_keys(at: Json<'_>) -> Result<(), FormatError> {
    let mut pairs = Pairs { at, is_first: true };
    let mut count = 0;
    while let Some((key, _)) = pairs.next()? {
        let mut before = Pairs { at, is_first: true };
        for _ in 0..count {
            if before.next()?.is_some_and(|(other, _)| other.same(key)) {
                return Err(FormatError::Twice { name: Excerpt::new(key) });
            }
        }
        count += 1;
        if count > KEYS {
            return Err(FormatError::Keys { limit: KEYS });
        }
    }
    Ok(())
}

/// The pairs of the metadata.
struct Pairs<'f> {
    at: Json<'f>,
    is_first: bool,
}

impl<'f> Pairs<'f> {
    fn next(&mut self) -> Result<Option<(Text<'f>, Text<'f>)>, Malformed> {
        let Some(key) = self.at.key(&mut self.is_first)? else { return Ok(None) };
        Ok(Some((key, self.at.text()?)))
    }
}

/// The items of the header.
struct Items<'f> {
    at: Json<'f>,
    is_first: bool,
}

impl<'f> Items<'f> {
    fn new(header: &'f str) -> Self {
        Items { at: Json::new(header), is_first: true }
    }

    fn next(&mut self) -> Result<Option<Item<'f>>, Malformed> {
        let Some(name) = self.at.key(&mut self.is_first)? else {
            if self.at.is_at_end() {
                return Ok(None);
            }
            return Err(self.at.malformed("the end of the header"));
        };
        if name == *METADATA {
            self.at.space();
            let metadata = self.at;
            let mut pairs = Pairs { at: self.at, is_first: true };
            while pairs.next()?.is_some() {}
            self.at = pairs.at;
            return Ok(Some(Item::Metadata(metadata)));
        }
        self.entry(name).map(|entry| Some(Item::Tensor(entry)))
    }

    fn entry(&mut self, name: Text<'f>) -> Result<Entry<'f>, Malformed> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        let mut is_first = true;
        while let Some(key) = self.at.key(&mut is_first)? {
            let is_new = if key == *"dtype" {
                dtype.replace(self.at.text()?).is_none()
            } else if key == *"shape" {
                shape.replace(self.at.numbers()?).is_none()
            } else if key == *"data_offsets" {
                offsets.replace(self.offsets()?).is_none()
            } else {
                false
            };
            if !is_new {
                return Err(self.at.malformed("one each of `dtype`, `shape` and `data_offsets` before this"));
            }
        }
        match (dtype, shape, offsets) {
            (Some(dtype), Some(shape), Some((begin, end))) => Ok(Entry { name, dtype, shape, begin, end }),
            _ => Err(self.at.malformed("`dtype`, `shape` and `data_offsets` before this")),
        }
    }

    fn offsets(&mut self) -> Result<(u64, u64), Malformed> {
        self.at.pass('[', "a list of 2 whole numbers")?;
        let begin = self.at.number()?;
        self.at.pass(',', "a second number")?;
        let end = self.at.number()?;
        self.at.pass(']', "`]` after 2 numbers")?;
        Ok((begin, end))
    }
}
