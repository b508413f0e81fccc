//! Sections and symbols of a linked program or an object: 64 bits, little-endian.

/// A part of the file.
#[derive(Debug)]
pub struct Section {
    pub name: String,
    pub kind: u32,
    pub flags: u64,
    pub size: u64,
    offset: u64,
    link: u32,
}

impl Section {
    pub const WRITABLE: u64 = 1;
    pub const LOADED: u64 = 2;
    pub const CODE: u64 = 4;
    pub const SYMBOLS: u32 = 2;
    pub const DYNAMIC: u32 = 6;
    /// Not in the file: zeros.
    pub const ZEROS: u32 = 8;

    pub fn is(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }
}

/// A name in the file, and whether the file defines it.
#[derive(Debug)]
pub struct Symbol {
    pub name: String,
    pub defined: bool,
    pub size: u64,
}

fn bytes(file: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    file.get(start..start.checked_add(usize::try_from(size).ok()?)?)
}

fn number(file: &[u8], offset: u64, size: u64) -> Option<u64> {
    bytes(file, offset, size).map(|bytes| bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
}

fn text(file: &[u8], offset: u64) -> Option<String> {
    let rest = file.get(usize::try_from(offset).ok()?..)?;
    Some(String::from_utf8_lossy(rest.split(|&byte| byte == 0).next()?).into_owned())
}

/// The sections; `None` where this is no such file.
pub fn sections(file: &[u8]) -> Option<Vec<Section>> {
    if bytes(file, 0, 6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (start, size, count) = (number(file, 40, 8)?, number(file, 58, 2)?, number(file, 60, 2)?);
    let names = number(file, start + number(file, 62, 2)? * size + 24, 8)?;
    (0..count)
        .map(|i| {
            let at = start + i * size;
            Some(Section {
                name: text(file, names + number(file, at, 4)?)?,
                kind: number(file, at + 4, 4)? as u32,
                flags: number(file, at + 8, 8)?,
                offset: number(file, at + 24, 8)?,
                size: number(file, at + 32, 8)?,
                link: number(file, at + 40, 4)? as u32,
            })
        })
        .collect()
}

/// The symbols that have names.
pub fn symbols(file: &[u8]) -> Option<Vec<Symbol>> {
    let sections = sections(file)?;
    let Some(table) = sections.iter().find(|section| section.kind == Section::SYMBOLS) else {
        return Some(Vec::new());
    };
    let names = sections.get(table.link as usize)?.offset;
    let all = (0..table.size / 24).map(|i| {
        let at = table.offset + i * 24;
        let name = text(file, names + number(file, at, 4)?)?;
        Some(Symbol { name, defined: number(file, at + 6, 2)? != 0, size: number(file, at + 16, 8)? })
    });
    all.filter(|symbol| symbol.as_ref().is_none_or(|symbol| !symbol.name.is_empty())).collect()
}

/// Bytes by what they are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    pub code: u64,
    pub constants: u64,
    /// Tables for unwinding and debuggers, which a program without panics never reads.
    pub unwinding: u64,
    pub data: u64,
    pub zeros: u64,
}

impl Sizes {
    pub fn of(file: &[u8]) -> Option<Self> {
        let mut sizes = Self::default();
        for section in sections(file)?.iter().filter(|section| section.is(Section::LOADED)) {
            let place = if section.name.starts_with(".eh_frame") || section.name.starts_with(".gcc_except") {
                &mut sizes.unwinding
            } else if section.is(Section::CODE) {
                &mut sizes.code
            } else if !section.is(Section::WRITABLE) {
                &mut sizes.constants
            } else if section.kind != Section::ZEROS {
                &mut sizes.data
            } else if section.name != ".relro_padding" {
                &mut sizes.zeros // padding to a page is nothing of the program's
            } else {
                continue;
            };
            *place += section.size;
        }
        Some(sizes)
    }
}
